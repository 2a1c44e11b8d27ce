namespace Switchboard.Simulator.GraphPlan;

/// <summary>What became of a sent mail: after how many seconds which answer came, null for never.</summary>
internal readonly record struct MailFate(long? ReplyAfter, long? AutoReplyAfter, long? BounceAfter)
{
    public long? After(MailKind kind) => kind switch
    {
        MailKind.Sent => 0,
        MailKind.Reply => ReplyAfter,
        MailKind.AutoReply => AutoReplyAfter,
        _ => BounceAfter,
    };
}
