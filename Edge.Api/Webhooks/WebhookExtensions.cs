using Switchboard.Edge.Api.Webhooks.Gmail;
using Switchboard.Edge.Api.Webhooks.Graph;
using Switchboard.Edge.Api.Webhooks.Twilio;
using Switchboard.Edge.Api.Webhooks.WhatsApp;

namespace Switchboard.Edge.Api.Webhooks;

internal static class WebhookExtensions
{
    /// <summary>What it takes to verify who calls the webhooks.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptions<GmailPushOptions>().BindConfiguration(GmailPushOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WhatsAppWebhookOptions>()
            .BindConfiguration(WhatsAppWebhookOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TwilioWebhookOptions>()
            .BindConfiguration(TwilioWebhookOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<GraphWebhookOptions>()
            .BindConfiguration(GraphWebhookOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpClient(GmailPushKeys.ClientName);
        return services
            .AddSingleton<WebhookMetrics>()
            .AddSingleton<GmailPushKeys>()
            .AddSingleton<GmailPushToken>()
            .AddSingleton<GraphClientState>()
            .AddSingleton<TwilioRequests>();
    }
}
