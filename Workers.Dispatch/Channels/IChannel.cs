using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Channels;

/// <summary>A way to a person. One for each value of <c>notifications.channel</c>.</summary>
internal interface IChannel
{
    /// <summary>The value of <c>notifications.channel</c>.</summary>
    string Name { get; }

    /// <summary>What its limit counts: the sender's number or account.</summary>
    string LimitKey { get; }

    /// <summary>How many messages the provider takes from this sender.</summary>
    RateLimit Limit { get; }

    /// <summary>Tries once to send a message; whether and when again is not the channel's decision.</summary>
    Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellation);
}
