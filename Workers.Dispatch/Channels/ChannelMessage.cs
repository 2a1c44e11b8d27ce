namespace Switchboard.Workers.Dispatch.Channels;

/// <summary>What a channel is given to send.</summary>
/// <param name="NotificationId">The notification; a provider that echoes something of ours with its statuses is given this.</param>
/// <param name="Recipient">To whom, in the channel's form: a phone number, an address.</param>
/// <param name="Body">The text.</param>
internal sealed record ChannelMessage(Guid NotificationId, string Recipient, string Body);
