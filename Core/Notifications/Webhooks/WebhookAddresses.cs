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

/// <summary>
/// Keeps webhooks from the operator's own machines and networks: an endpoint is refused when any of its addresses is not of the internet,
/// both when it is saved and at each connection, which is made to an address that was looked at.
/// </summary>
public sealed class WebhookAddresses
{
    private static readonly TimeSpan ResolveTime = TimeSpan.FromSeconds(2);

    private readonly IPNetwork[] _allowed;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <summary>With the names of the system's resolver.</summary>
    public WebhookAddresses(IOptions<WebhookAddressOptions> options)
        : this(options, Dns.GetHostAddressesAsync)
    {
    }

    /// <summary>With another resolver.</summary>
    internal WebhookAddresses(IOptions<WebhookAddressOptions> options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        ArgumentNullException.ThrowIfNull(options);
        _allowed = [.. options.Value.AllowedNetworks.Select(network => IPNetwork.Parse(network))];
        _resolve = resolve;
    }

    /// <summary>
    /// Whether an address is one that webhooks may not go to. A host whose name cannot be resolved now is no such one: its deliveries fail
    /// for as long as that is so.
    /// </summary>
    public async Task<bool> IsRefusedAsync(Uri url, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(ResolveTime);
        try
        {
            return !Array.TrueForAll(await ResolveAsync(url.IdnHost, timer.Token), MayBe);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Connects, for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="PrivateAddressException">The host has an address that webhooks may not go to.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        var addresses = await ResolveAsync(host.Host, cancellationToken);
        return Array.TrueForAll(addresses, MayBe)
            ? await PublicAddress.ConnectAsync(addresses, host.Port, cancellationToken)
            : throw new PrivateAddressException(host.Host);
    }

    // a literal is no name to ask for
    private Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? Task.FromResult<IPAddress[]>([literal]) : _resolve(host, cancellationToken);

    private bool MayBe(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return PublicAddress.Is(address) || Array.Exists(_allowed, network => network.Contains(plain));
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
