using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Webhooks;

namespace Switchboard.Edge.Api.Notifications.Webhooks;

/// <summary>Whether webhooks may be posted to a URL: asked when an endpoint is made and whenever its URL changes.</summary>
internal sealed class WebhookUrls(WebhookAddresses addresses, IOptions<WebhookEndpointOptions> options)
{
    /// <summary>What is wrong with it; null if nothing is.</summary>
    public async Task<string?> ErrorOfAsync(string text, CancellationToken cancellationToken) =>
        WebhookUrl.ErrorOf(text, options.Value.AllowHttp)
        ?? (await addresses.IsRefusedAsync(new Uri(text), cancellationToken) ? "It must be at an address of the internet." : null);
}

/// <summary>The form of a URL that webhooks are posted to. Pure decisions.</summary>
internal static class WebhookUrl
{
    public const int MaxLength = 2_000;

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public static string? ErrorOf(string text, bool allowsHttp)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.HostNameType == UriHostNameType.Unknown || url.Host.Length == 0)
            return "It must be a URL: https://example.com/webhooks.";
        if (url.Scheme != Uri.UriSchemeHttps && !(allowsHttp && url.Scheme == Uri.UriSchemeHttp))
            return "It must begin with https.";
        if (url.UserInfo.Length > 0)
            return "It must not have a user or password: the signature proves who sends.";
        return url.Fragment.Length > 0 ? "It must not have a fragment (#…)." : null;
    }
}

/// <summary>What holds for the fields of endpoints.</summary>
internal static class WebhookRules
{
    public const int MaxEvents = 50;
    public const int MaxEventLength = 200;
    public const int MaxDescription = 500;
    public const int MaxRate = 10_000;

    /// <summary>What is wrong with a pattern; null if nothing is.</summary>
    public static string? EventError(string pattern) => WebhookEvents.IsPattern(pattern)
        ? null
        : "It must be a type of events (notification.delivered), a pattern (notification.*), or *.";

    /// <summary>Patterns as they are stored: each once.</summary>
    public static IReadOnlyList<string> Events(IEnumerable<string?> patterns) =>
        [.. patterns.Select(pattern => pattern!.Trim()).Distinct()];
}

internal static class WebhookEndpointServices
{
    /// <summary>Webhook endpoints and their deliveries.</summary>
    public static IServiceCollection AddWebhookEndpoints(this IServiceCollection services)
    {
        services.AddOptions<WebhookEndpointOptions>().BindConfiguration(WebhookEndpointOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddWebhookAddresses()
            .AddSingleton<WebhookUrls>().AddSingleton<WebhookEndpointStore>().AddSingleton<WebhookDeliveries>();
    }
}
