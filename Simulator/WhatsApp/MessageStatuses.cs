namespace Switchboard.Simulator.WhatsApp;

/// <summary>The statuses that a message can have, as a set.</summary>
[Flags]
internal enum MessageStatuses
{
    None = 0,
    Sent = 1,
    Delivered = 2,
    Read = 4,
    Failed = 8,
}
