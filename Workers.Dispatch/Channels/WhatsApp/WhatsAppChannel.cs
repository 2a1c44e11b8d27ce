using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>WhatsApp, by the Cloud API.</summary>
internal sealed class WhatsAppChannel(WhatsAppClient client, IOptions<WhatsAppOptions> options) : IChannel
{
    private readonly WhatsAppOptions _options = options.Value;

    public ChannelDefinition Definition => Core.Notifications.Channels.WhatsAppChannel;

    public string LimitKey { get; } = $"whatsapp:{options.Value.PhoneNumberId}";

    public RateLimit Limit { get; } = new(options.Value.MessagesPerSecond, TimeSpan.FromSeconds(1));

    /// <summary>Sends text; a recipient whom only a template reaches gets the template, if there is one.</summary>
    public async Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        if (_options is { AlwaysTemplate: true, TemplateName: { } always })
            return await client.PostAsync(Template(message, always), cancellationToken);
        var result = await client.PostAsync(Text(message), cancellationToken);
        return result is SendResult.Failed { Failure.Code: WhatsAppErrors.ReEngagement } && _options.TemplateName is { } fallback
            ? await client.PostAsync(Template(message, fallback), cancellationToken)
            : result;
    }

    private WhatsAppMessage Text(ChannelMessage message) => new(
        message.Recipient, "text", new(StorableText.Cut(message.Body, Definition.MaxLength)), null, message.NotificationId.ToString());

    // A template whose one parameter is the text on one line: parameters have no line breaks, tabs or runs of spaces.
    private WhatsAppMessage Template(ChannelMessage message, string name)
    {
        var line = string.Join(' ', message.Body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var parameter = new WhatsAppMessage.TemplateParameter("text", StorableText.Cut(line, WhatsAppMessage.MaxParameter));
        return new(
            message.Recipient,
            "template",
            null,
            new(name, new(_options.TemplateLanguage), [new("body", [parameter])]),
            message.NotificationId.ToString());
    }
}
