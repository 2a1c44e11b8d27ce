namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// Says of every mail of a mailbox when it was sent and what became of it, by formula alone: nothing is stored, and a mailbox of ten
/// million mails costs no more than one of ten. <c>u</c> are numbers of [0, 1) drawn from the seed, the index of the mail and a purpose.
/// <list type="bullet">
/// <item>Sent mail i of n goes out at start + (i + u) · span / n, cut to the second: in the order of the index.</item>
/// <item>It bounces with u &lt; bounceRate, 2 to 9 s later; then nothing else comes.</item>
/// <item>An automatic reply comes with u &lt; autoReplyRate, 5 to 29 s later.</item>
/// <item>It is answered with u &lt; replyRate after 60 · (w / 60)^u seconds, where w is what remains of the span: from a minute up to
/// all of it, as often within the first hours as within the many days after.</item>
/// <item>What was sent in the last minute of the span has no answer yet.</item>
/// </list>
/// </summary>
internal sealed class MailPlan(MailboxSpec spec)
{
    private const long ShortestReply = 60;
    private readonly long _end = spec.Until.ToUnixTimeSeconds();
    private readonly long _span = (long)Math.Max(ShortestReply, spec.SpanDays * 86_400);

    public MailboxSpec Spec => spec;

    /// <summary>How many mails were sent.</summary>
    public int Count => spec.Messages;

    /// <summary>When a mail was sent, in seconds since 1970; never earlier than the one before.</summary>
    public long SentAt(int index) => _end - _span + (long)((index + Draw(index, Purpose.Moment)) * _span / spec.Messages);

    public PlannedOutcome OutcomeOf(int index)
    {
        var left = _end - SentAt(index);
        return left < ShortestReply ? default
            : Draw(index, Purpose.Bounce) < spec.BounceRate
                ? new PlannedOutcome(null, null, 2 + (long)(8 * Draw(index, Purpose.BounceAfter)))
            : new PlannedOutcome(
                Draw(index, Purpose.Reply) < spec.ReplyRate ? ReplyAfter(index, left) : null,
                Draw(index, Purpose.AutoReply) < spec.AutoReplyRate ? 5 + (long)(25 * Draw(index, Purpose.AutoReplyAfter)) : null,
                null);
    }

    /// <summary>Whether there is such a mail.</summary>
    public bool Has(PlannedMail mail) => mail.Index >= 0 && mail.Index < Count && OutcomeOf(mail.Index).After(mail.Kind) is not null;

    /// <summary>Where a mail that there is stands.</summary>
    public MailPosition PositionOf(PlannedMail mail)
    {
        var sent = SentAt(mail.Index);
        return new MailPosition(mail.Kind == MailKind.Sent ? sent : sent + OutcomeOf(mail.Index).After(mail.Kind)!.Value, mail.Code);
    }

    /// <summary>The first index that was sent at a time or later.</summary>
    public int FirstSentFrom(long second)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = SentAt(middle) >= second ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>A whole number drawn for a mail, from 0 to under a limit.</summary>
    public int Pick(int index, Purpose purpose, int limit) => (int)(Draw(index, purpose) * limit);

    private long ReplyAfter(int index, long left) =>
        Math.Min(left, (long)(ShortestReply * Math.Pow((double)left / ShortestReply, Draw(index, Purpose.ReplyAfter))));

    private double Draw(int index, Purpose purpose) => (Mix(spec.Seed, ((long)index << 8) | (long)purpose) >> 11) * (1.0 / (1UL << 53));

    // SplitMix64: neighbouring inputs have unrelated results
    private static ulong Mix(long seed, long number)
    {
        unchecked
        {
            var x = ((ulong)seed * 0xD1342543DE82EF95) + ((ulong)number * 0x9E3779B97F4A7C15) + 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}

/// <summary>A mail that is computed, never stored: which sent mail it belongs to, and what it is to it.</summary>
internal readonly record struct PlannedMail(int Index, MailKind Kind)
{
    /// <summary>Both in one number: what is kept of a mail where an order must be kept.</summary>
    public int Code => (Index << 2) | (int)Kind;

    public MailFolder Folder => Kind == MailKind.Sent ? MailFolder.SentItems : MailFolder.Inbox;

    public static PlannedMail FromCode(int code) => new(code >> 2, (MailKind)(code & 3));
}

/// <summary>What a planned mail is to the sent mail that it belongs to.</summary>
internal enum MailKind
{
    Sent,
    Reply,
    AutoReply,
    Bounce,
}

/// <summary>What became of a sent mail: after how many seconds which answer came, null for never.</summary>
internal readonly record struct PlannedOutcome(long? ReplyAfter, long? AutoReplyAfter, long? BounceAfter)
{
    public long? After(MailKind kind) => kind switch
    {
        MailKind.Sent => 0,
        MailKind.Reply => ReplyAfter,
        MailKind.AutoReply => AutoReplyAfter,
        _ => BounceAfter,
    };
}

/// <summary>What a number is drawn for; each purpose has its own numbers.</summary>
internal enum Purpose
{
    Moment,
    Bounce,
    BounceAfter,
    AutoReply,
    AutoReplyAfter,
    Reply,
    ReplyAfter,
    FirstName,
    LastName,
    Domain,
    Subject,
    Sentence,
    Copy,
    Category,
    Read,
}
