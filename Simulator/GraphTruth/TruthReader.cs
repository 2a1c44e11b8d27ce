using Switchboard.Simulator.GraphMail;
using Switchboard.Simulator.GraphPlan;

namespace Switchboard.Simulator.GraphTruth;

/// <summary>What a perfect tracker would know of a mailbox: from the plan itself and from what was put in, never through the API.</summary>
internal sealed class TruthReader(GraphMailbox mailbox)
{
    private readonly MailPlan _plan = mailbox.Plan;
    private readonly MailTexts _texts = new(mailbox.Plan);
    private readonly AddedOutcomes _added = new(mailbox);

    /// <summary>How many mails were sent.</summary>
    public int Count => _plan.Count + _added.Sent.Count;

    /// <summary>The mails sent from a second on and before another.</summary>
    public IEnumerable<SentTruth> Between(long from, long to)
    {
        for (var index = _plan.FirstSentFrom(from); index < _plan.Count && _plan.SentAt(index) < to; index++)
        {
            yield return Planned(index);
        }

        foreach (var sent in _added.Sent.Where(sent => sent.Item.At >= from && sent.Item.At < to))
        {
            yield return Added(sent);
        }
    }

    /// <summary>Some of all sent mails: the planned ones by their times, then those that were put in by theirs.</summary>
    public IEnumerable<SentTruth> Page(int offset, int limit)
    {
        for (var n = offset; n < Math.Min(Count, (long)offset + limit); n++)
        {
            yield return n < _plan.Count ? Planned(n) : Added(_added.Sent[n - _plan.Count]);
        }
    }

    private SentTruth Planned(int index)
    {
        var (code, fate) = (new PlannedMail(index, MailKind.Sent).Code, _plan.FateOf(index));
        var outcome = new MailOutcome(fate.ReplyAfter, fate.AutoReplyAfter is not null, fate.BounceAfter is not null).And(_added.Of(code));
        return new SentTruth(mailbox.Ids.InternetMessage(code), _plan.SentAt(index), _texts.DomainOf(index), outcome);
    }

    private SentTruth Added(AddedMail mail)
    {
        var to = mail.Item.To[0].Address;
        return new SentTruth(mail.Item.InternetMessageId, mail.Item.At, to[(to.IndexOf('@', StringComparison.Ordinal) + 1)..], _added.Of(mail.Position.Order));
    }
}
