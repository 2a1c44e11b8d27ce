namespace Switchboard.Simulator.GraphPlan;

/// <summary>What a planned mail is to the sent mail that it belongs to.</summary>
internal enum MailKind
{
    Sent,
    Reply,
    AutoReply,
    Bounce,
}
