using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Webhooks;

namespace Switchboard.Workers.Dispatch.Channels.Webhook;

/// <summary>How webhooks are delivered; section <c>Webhooks</c>.</summary>
internal sealed class WebhookDeliveryOptions
{
    public const string Section = "Webhooks";

    /// <summary>Deliveries that a process has under way at once.</summary>
    public const int MaxConcurrent = 256;

    /// <summary>How long an endpoint may take to answer, with its body.</summary>
    [Range(1, 60)]
    public double TimeoutSeconds { get; set; } = 15;

    /// <summary>Deliveries that one endpoint has under way at once, in each process; one while it does not answer.</summary>
    [Range(1, WebhookDeliveryOptions.MaxConcurrent)]
    public int MaxPerEndpoint { get; set; } = 4;

    /// <summary>After so many days on which every delivery has failed an endpoint is turned off.</summary>
    [Range(1, 365)]
    public double DisableAfterDays { get; set; } = 5;
}

/// <summary>
/// The meter <c>Switchboard.Webhooks</c>: <c>switchboard.webhooks.attempt.duration</c>, in seconds, of each attempt by <c>outcome</c>
/// (delivered, retried, failed); and <c>switchboard.webhooks.disabled</c>, endpoints that were turned off, by <c>reason</c>.
/// </summary>
internal sealed class WebhookMetrics
{
    private readonly Histogram<double> _attempts;
    private readonly Counter<long> _disabled;

    public WebhookMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Switchboard.Webhooks");
        _attempts = meter.CreateHistogram<double>("switchboard.webhooks.attempt.duration", "s", "How long attempts took, by outcome");
        _disabled = meter.CreateCounter<long>("switchboard.webhooks.disabled", "{endpoint}", "Endpoints that were turned off, by reason");
    }

    public void Tried(TimeSpan took, DeliveryOutcome outcome) => _attempts.Record(
        took.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome switch
        {
            DeliveryOutcome.Delivered => "delivered",
            DeliveryOutcome.Failed => "failed",
            _ => "retried",
        }));

    public void Disabled(string reason) => _disabled.Add(1, new KeyValuePair<string, object?>("reason", reason));
}

/// <summary>Registration of the webhook channel, and of what delivers its messages and those of events.</summary>
internal static class WebhookServices
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptions<WebhookDeliveryOptions>().BindConfiguration(WebhookDeliveryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics();
        services.AddNotifications();
        services.AddWebhookAddresses();
        services.AddSingleton<WebhookMetrics>();
        services.AddSingleton<WebhookClient>();
        services.AddSingleton<WebhookDeliveryStore>();
        services.AddSingleton<EndpointGates>();
        services.AddSingleton<EndpointHealth>();
        services.AddSingleton<IChannel, WebhookChannel>();
        return services;
    }
}
