using Switchboard.Load.Api;

namespace Switchboard.Load.Mail;

/// <summary>The mailboxes of the simulator's Microsoft 365.</summary>
internal sealed class GraphMailboxes(ApiClient simulator)
{
    private const int MostAtOnce = 10_000;

    /// <summary>As many requests as it can be told to bear; what the product allows itself stays as it is.</summary>
    private static readonly MailLimits NoLimits = new(1_000, 10_000_000);

    public Task<MailboxView> MakeAsync(NewMailbox mailbox, CancellationToken cancellation) => simulator.PostAsync(
        "/_sim/graph/mailboxes", null, mailbox, MailJson.Default.NewMailbox, MailJson.Default.MailboxView, cancellation);

    /// <summary>Makes one that is empty.</summary>
    public Task<MailboxView> MakeAsync(string address, DateTimeOffset until, CancellationToken cancellation) =>
        MakeAsync(new NewMailbox(address, 0, 0, 0, 0, 1, 1, until), cancellation);

    /// <summary>A mailbox; null when there is none.</summary>
    public Task<MailboxView?> FindAsync(string address, CancellationToken cancellation) =>
        simulator.FindAsync($"/_sim/graph/mailboxes/{Uri.EscapeDataString(address)}", null, MailJson.Default.MailboxView, cancellation);

    /// <summary>Puts mails in.</summary>
    /// <returns>What they are called, in their order.</returns>
    public async Task<IReadOnlyList<AddedMail>> AddAsync(IEnumerable<NewMail> mails, CancellationToken cancellation)
    {
        List<AddedMail> added = [];
        foreach (var part in mails.Chunk(MostAtOnce))
        {
            added.AddRange(await simulator.PostAsync(
                "/_sim/graph/messages", null, part, MailJson.Default.NewMailArray, MailJson.Default.AddedMailArray, cancellation));
        }

        return added;
    }

    /// <summary>Lifts the limits of all mailboxes, until the simulator is started again or told otherwise.</summary>
    public Task LiftLimitsAsync(CancellationToken cancellation) => simulator.PostAsync(
        "/_sim/graph/limits", null, NoLimits, MailJson.Default.MailLimits, MailJson.Default.MailLimits, cancellation);
}
