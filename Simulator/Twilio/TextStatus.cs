namespace Switchboard.Simulator.Twilio;

/// <summary>How far a text is.</summary>
internal enum TextStatus
{
    /// <summary>Taken for a messaging service, which is to choose the sender.</summary>
    Accepted,
    Queued,
    Sent,
    Delivered,

    /// <summary>Sent, but it did not reach the phone.</summary>
    Undelivered,

    /// <summary>Never sent.</summary>
    Failed,

    /// <summary>It came in.</summary>
    Received,
}
