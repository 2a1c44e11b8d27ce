using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Limits;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>Texts, by Twilio.</summary>
internal sealed class SmsChannel(SmsSender sender, IOptions<TwilioOptions> options) : IChannel
{
    public string Name => "sms";

    public string LimitKey { get; } = $"twilio:{options.Value.Sender}";

    public RateLimit Limit { get; } = new(options.Value.MessagesPerSecond, TimeSpan.FromSeconds(1));

    public Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellation) =>
        sender.SendAsync(new(message.Recipient, message.Body, message.NotificationId), cancellation);
}
