using System.Collections.Frozen;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Channels;

/// <summary>The sender of a channel: one for each of <see cref="Core.Notifications.Channels.All"/>.</summary>
internal interface IChannel
{
    /// <summary>What it sends over.</summary>
    ChannelDefinition Definition { get; }

    /// <summary>What its limit counts: the sender's number or account.</summary>
    string LimitKey { get; }

    /// <summary>How many messages the provider takes from this sender.</summary>
    RateLimit Limit { get; }

    /// <summary>Tries once to send a message; whether and when again is not the channel's decision.</summary>
    Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellationToken);
}

/// <summary>What a channel is given to send.</summary>
/// <param name="NotificationId">The notification; a provider that echoes something of ours with its statuses is given this.</param>
/// <param name="UserId">Whose notification it is.</param>
/// <param name="Recipient">To whom, in the channel's form: a phone number, an address, the id of a row (<see cref="AddressKind"/>).</param>
/// <param name="Body">The text.</param>
/// <param name="DueAt">When it was to go: at once, or when its time came; the same for each attempt.</param>
/// <param name="Content">What it says beside the text; null for a plain text.</param>
/// <param name="RecipientId">Whose it is, a row in <c>recipients</c>; null for a mere address.</param>
/// <param name="Priority">How urgent it is, for a provider that asks.</param>
internal sealed record ChannelMessage(
    Guid NotificationId,
    Guid UserId,
    string Recipient,
    string Body,
    DateTimeOffset DueAt,
    NotificationContent? Content = null,
    Guid? RecipientId = null,
    JobPriority Priority = JobPriority.Normal);

/// <summary>What became of one try to send. A channel answers one of these and does not throw for what a provider does.</summary>
internal abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>Why it was not sent, for a log.</summary>
    public Redacted Logged => this switch
    {
        Failed { Failure: var failure } => failure,
        Deferred held => held.Reason,
        Refused refused => refused.Reason,
        _ => default,
    };

    /// <summary>The provider took it.</summary>
    /// <param name="ProviderMessageId">Its id of the message, which its statuses name.</param>
    /// <param name="ProviderStatus">The HTTP status.</param>
    /// <param name="IsDelivered">Whether it is where its recipient looks already: no status comes of it.</param>
    public sealed record Accepted(string ProviderMessageId, int ProviderStatus, bool IsDelivered = false) : SendResult;

    /// <summary>The provider did not take it, or it is not known whether it did: see its kind.</summary>
    public sealed record Failed(ProviderFailure Failure) : SendResult;

    /// <summary>It was not tried, for a reason of ours: our own limit, a look-up that failed, the end of the process.</summary>
    public sealed record Deferred(string Reason, TimeSpan RetryAfter) : SendResult;

    /// <summary>It was not tried, and is not to be: it is over, or its recipient does not want it. Nothing broke.</summary>
    /// <param name="Reason">One of <see cref="NotifyReasons.OfUnsent"/>.</param>
    public sealed record Refused(string Reason) : SendResult;

    public static implicit operator SendResult(ProviderFailure failure) => new Failed(failure);
}

/// <summary>The channels of this process, by name.</summary>
internal sealed class ChannelRegistry(IEnumerable<IChannel> channels)
{
    private readonly FrozenDictionary<string, IChannel> _channels = channels.ToFrozenDictionary(channel => channel.Definition.Name);

    public IChannel? Find(string name) => _channels.GetValueOrDefault(name);

    /// <summary>What became of a message to a channel that is not there.</summary>
    public SendResult Unknown(string name) => new ProviderFailure(
        FailureKind.Permanent, $"There is no channel '{name}'; there is: {string.Join(", ", _channels.Keys.Order())}.");
}
