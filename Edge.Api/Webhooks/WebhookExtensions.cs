using Switchboard.Edge.Api.Webhooks.Gmail;
using Switchboard.Edge.Api.Webhooks.Graph;
using Switchboard.Edge.Api.Webhooks.Twilio;
using Switchboard.Edge.Api.Webhooks.WhatsApp;

namespace Switchboard.Edge.Api.Webhooks;

internal static class WebhookExtensions
{
    /// <summary>What verifies the callers of the webhooks.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        GmailPushKeys.AddTo(services);
        services.AddOptions<WhatsAppWebhookOptions>()
            .BindConfiguration(WhatsAppWebhookOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TwilioWebhookOptions>()
            .BindConfiguration(TwilioWebhookOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<GraphWebhookOptions>()
            .BindConfiguration(GraphWebhookOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<WebhookMetrics>()
            .AddSingleton<GraphClientState>()
            .AddSingleton<TwilioRequests>();
    }
}
