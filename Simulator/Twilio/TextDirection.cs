namespace Switchboard.Simulator.Twilio;

/// <summary>Which way a text goes.</summary>
internal enum TextDirection
{
    Inbound,

    /// <summary>Sent by the API.</summary>
    OutboundApi,

    /// <summary>The answer to a webhook.</summary>
    OutboundReply,
}
