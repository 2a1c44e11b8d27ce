using System.Net;
using Switchboard.Core.Providers;

namespace Switchboard.Core.Notifications.Webhooks;

/// <summary>Where webhooks may go; section <c>Webhooks</c>, the same in each process.</summary>
public sealed class WebhookAddressOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Webhooks";

    /// <summary>Networks (<c>10.1.0.0/16</c>) that endpoints may be in though they are not of the internet.</summary>
    public IList<string> AllowedNetworks { get; init; } = [];
}

/// <summary>Keeps webhooks from the operator's own machines and networks.</summary>
public sealed class WebhookAddresses : NetworkGuard
{
    /// <summary>With the names of the system's resolver.</summary>
    public WebhookAddresses(IOptions<WebhookAddressOptions> options)
        : this(options, resolve: null)
    {
    }

    /// <summary>With another resolver.</summary>
    internal WebhookAddresses(IOptions<WebhookAddressOptions> options, Func<string, CancellationToken, Task<IPAddress[]>>? resolve)
        : base(options?.Value.AllowedNetworks ?? throw new ArgumentNullException(nameof(options)), resolve)
    {
    }
}

/// <summary>Registration of <see cref="WebhookAddresses"/>.</summary>
public static class WebhookAddressServices
{
    /// <summary>Adds it, with the networks of section <c>Webhooks</c>.</summary>
    public static IServiceCollection AddWebhookAddresses(this IServiceCollection services)
    {
        services.AddOptions<WebhookAddressOptions>().BindConfiguration(WebhookAddressOptions.Section)
            .Validate(
                options => options.AllowedNetworks.All(network => IPNetwork.TryParse(network, out _)),
                "Webhooks:AllowedNetworks must be networks, such as 10.1.0.0/16.")
            .ValidateOnStart();
        return services.AddSingleton<WebhookAddresses>(provider => new(provider.GetRequiredService<IOptions<WebhookAddressOptions>>()));
    }
}
