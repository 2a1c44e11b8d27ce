namespace Switchboard.Simulator.Microsoft;

/// <summary>What a perfect tracker would know of a mailbox: from the plan itself and from what was put in, never through the API.</summary>
internal sealed class OutcomeReader(GraphMailbox mailbox)
{
    private readonly MailPlan _plan = mailbox.Plan;
    private readonly MailTexts _texts = new(mailbox.Plan);
    private readonly AddedOutcomes _added = new(mailbox);

    /// <summary>How many mails were sent.</summary>
    public int Count => _plan.Count + _added.Sent.Count;

    /// <summary>The mails sent from a second on and before another.</summary>
    public IEnumerable<SentOutcome> Between(long from, long to)
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
    public IEnumerable<SentOutcome> Page(int offset, int limit)
    {
        for (var n = offset; n < Math.Min(Count, (long)offset + limit); n++)
        {
            yield return n < _plan.Count ? Planned(n) : Added(_added.Sent[n - _plan.Count]);
        }
    }

    private SentOutcome Planned(int index)
    {
        var (code, planned) = (new PlannedMail(index, MailKind.Sent).Code, _plan.OutcomeOf(index));
        var outcome = new MailOutcome(planned.ReplyAfter, planned.AutoReplyAfter is not null, planned.BounceAfter is not null)
            .And(_added.Of(code));
        return new SentOutcome(mailbox.Ids.InternetMessage(code), _plan.SentAt(index), _texts.DomainOf(index), outcome);
    }

    private SentOutcome Added(AddedMail mail)
    {
        var to = mail.Item.To[0].Address;
        var domain = to[(to.IndexOf('@', StringComparison.Ordinal) + 1)..];
        return new SentOutcome(mail.Item.InternetMessageId, mail.Item.At, domain, _added.Of(mail.Position.Order));
    }
}

/// <summary>A sent mail with what became of it.</summary>
/// <param name="InternetMessageId">Its Message-ID.</param>
/// <param name="SentAt">In seconds since 1970.</param>
/// <param name="Domain">Of its first recipient.</param>
/// <param name="Outcome">What became of it.</param>
internal readonly record struct SentOutcome(string InternetMessageId, long SentAt, string Domain, MailOutcome Outcome);

/// <summary>What became of a sent mail: after how many seconds a person answered, whether an automatic reply or a bounce came.</summary>
internal readonly record struct MailOutcome(long? ResponseSeconds, bool AutoReplied, bool Bounced)
{
    /// <summary>A response counts more than a bounce: one of several recipients may have answered.</summary>
    public string Status => ResponseSeconds is not null ? "responded" : Bounced ? "bounced" : "active";

    /// <summary>Both together: the first response counts.</summary>
    public MailOutcome And(MailOutcome other) => new(
        ResponseSeconds is { } mine && other.ResponseSeconds is { } theirs
            ? Math.Min(mine, theirs)
            : ResponseSeconds ?? other.ResponseSeconds,
        AutoReplied || other.AutoReplied,
        Bounced || other.Bounced);
}
