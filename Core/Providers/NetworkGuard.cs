using System.Net;
using System.Net.Sockets;

namespace Switchboard.Core.Providers;

/// <summary>
/// Keeps calls to hosts that users name from the operator's own machines and networks: a host is refused when any of its addresses is
/// neither of the internet nor in a network that the operator allows, both when it is saved and at each connection, which is made to an
/// address that was looked at.
/// </summary>
public abstract class NetworkGuard
{
    private static readonly TimeSpan ResolveTime = TimeSpan.FromSeconds(2);

    private readonly IPNetwork[] _allowed;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <summary>With the networks that are allowed.</summary>
    /// <param name="allowedNetworks">Networks, such as <c>10.1.0.0/16</c>.</param>
    /// <param name="resolve">Another resolver than the system's.</param>
    protected NetworkGuard(IEnumerable<string> allowedNetworks, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _allowed = [.. allowedNetworks.Select(network => IPNetwork.Parse(network))];
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
    }

    /// <summary>
    /// Whether an address is one that calls may not go to. A host whose name cannot be resolved now is no such one: calls to it fail
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
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Connects, for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="PrivateAddressException">The host has an address that calls may not go to.</exception>
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
        IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? Task.FromResult<IPAddress[]>([literal])
            : _resolve(host, cancellationToken);

    private bool MayBe(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return PublicAddress.Is(address) || Array.Exists(_allowed, network => network.Contains(plain));
    }
}
