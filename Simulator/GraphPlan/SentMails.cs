using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.GraphPlan;

/// <summary>The planned mails of the sent items: in the order of their indexes.</summary>
internal sealed class SentMails(MailPlan plan) : IMailList
{
    public int Count => plan.Count;

    public MailPosition At(int rank) => plan.PositionOf(new PlannedMail(rank, MailKind.Sent));
}
