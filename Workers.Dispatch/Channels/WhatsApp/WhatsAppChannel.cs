using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Limits;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>WhatsApp, by the Cloud API.</summary>
internal sealed class WhatsAppChannel(WhatsAppClient client, IOptions<WhatsAppOptions> options) : IChannel
{
    private readonly WhatsAppOptions _options = options.Value;

    public string Name => "whatsapp";

    public string LimitKey { get; } = $"whatsapp:{options.Value.PhoneNumberId}";

    public RateLimit Limit { get; } = new(options.Value.MessagesPerSecond, TimeSpan.FromSeconds(1));

    /// <summary>Sends text; a recipient whom only a template reaches gets the template, if there is one.</summary>
    public async Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellation)
    {
        if (_options is { AlwaysTemplate: true, TemplateName: { } always })
            return await SendTemplateAsync(message, always, cancellation);
        var (answer, code) = await client.PostAsync(WhatsAppMessages.Text(message), cancellation);
        return code == WhatsAppErrors.ReEngagement && _options.TemplateName is { } fallback
            ? await SendTemplateAsync(message, fallback, cancellation)
            : answer;
    }

    private async Task<SendResult> SendTemplateAsync(ChannelMessage message, string name, CancellationToken cancellation)
    {
        var (answer, _) = await client.PostAsync(WhatsAppMessages.Template(message, name, _options.TemplateLanguage), cancellation);
        return answer;
    }
}
