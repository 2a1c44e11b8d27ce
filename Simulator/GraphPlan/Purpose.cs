namespace Switchboard.Simulator.GraphPlan;

/// <summary>What a number is drawn for; each purpose has numbers of its own.</summary>
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
