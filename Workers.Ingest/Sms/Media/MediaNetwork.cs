using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>From where media may come: the provider's API, whose address was configured, and by https the hosts that were allowed.</summary>
internal sealed class MediaAddresses(IOptions<TwilioMediaOptions> options)
{
    private const string RestPath = "/2010-04-01/";

    private readonly Uri _api = options.Value.ApiBaseUrl;
    private readonly string[] _hosts = [.. options.Value.AllowedHosts.Select(host => host.ToLowerInvariant())];

    /// <summary>The address, if media may come from there.</summary>
    /// <exception cref="MediaException">It may not.</exception>
    public Uri Allowed(string address) => Uri.TryCreate(address, UriKind.Absolute, out var url)
        ? Allowed(url, "It is at")
        : throw MediaException.ForGood("Its address is no URL.");

    /// <summary>Where a redirect leads, if media may come from there.</summary>
    /// <exception cref="MediaException">It may not.</exception>
    public Uri Allowed(Uri from, Uri redirect) => Allowed(new Uri(from, redirect), "It redirects to");

    /// <summary>Whether it is shown the account's token: an address of the provider's API is. One that it redirects to only if it is
    /// of the REST API too, and not of a store of files beside it, whose links are their own permits.</summary>
    public bool KnowsAccount(Uri url, bool isRedirect) =>
        IsApi(url) && (!isRedirect || url.AbsolutePath.StartsWith(_api.AbsolutePath.TrimEnd('/') + RestPath, StringComparison.Ordinal));

    /// <summary>Whether the provider's API is there, which may be a private address.</summary>
    public bool IsApi(string host, int port) => port == _api.Port && string.Equals(host, _api.IdnHost, StringComparison.OrdinalIgnoreCase);

    private Uri Allowed(Uri url, string where)
    {
        if (IsApi(url))
            return url;
        if (url.Scheme != Uri.UriSchemeHttps)
            throw MediaException.ForGood($"{where} an address that is not https.");
        return _hosts.Any(host => Matches(host, url.IdnHost))
            ? url
            : throw MediaException.ForGood($"{where} {url.IdnHost}, from where no media is taken.");
    }

    private bool IsApi(Uri url) => url.Scheme == _api.Scheme && IsApi(url.IdnHost, url.Port);

    private static bool Matches(string allowed, string host) => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase) && host.Length > allowed.Length - 1
        : host.Equals(allowed, StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// Connects to where media is. The name is resolved here and the connection made to the address that was looked at: a name that points
/// elsewhere a moment later (DNS rebinding) gains nothing.
/// </summary>
internal sealed class MediaConnections(MediaAddresses addresses)
{
    /// <summary>Connects, for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="PrivateAddressException">No address of the host is public, and it is not the provider's API.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellation)
    {
        var found = await Dns.GetHostAddressesAsync(host.Host, cancellation);
        var open = addresses.IsApi(host.Host, host.Port) ? found : Array.FindAll(found, PublicAddress.Is);
        if (open.Length == 0)
            throw new PrivateAddressException(host.Host);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, host.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A host has no public address.</summary>
internal sealed class PrivateAddressException(string host) : IOException($"{host} has no public address.");

/// <summary>Tells addresses of the internet from those of machines and networks of one's own (IANA's special-purpose registries).</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Special =
    [
        IPNetwork.Parse("0.0.0.0/8"),         // this network
        IPNetwork.Parse("10.0.0.0/8"),        // private
        IPNetwork.Parse("100.64.0.0/10"),     // carriers' own, behind NAT
        IPNetwork.Parse("127.0.0.0/8"),       // this machine
        IPNetwork.Parse("169.254.0.0/16"),    // this link; and what clouds tell their machines
        IPNetwork.Parse("172.16.0.0/12"),     // private
        IPNetwork.Parse("192.0.0.0/24"),      // protocols
        IPNetwork.Parse("192.0.2.0/24"),      // documentation
        IPNetwork.Parse("192.88.99.0/24"),    // relays, given up
        IPNetwork.Parse("192.168.0.0/16"),    // private
        IPNetwork.Parse("198.18.0.0/15"),     // benchmarks
        IPNetwork.Parse("198.51.100.0/24"),   // documentation
        IPNetwork.Parse("203.0.113.0/24"),    // documentation
        IPNetwork.Parse("224.0.0.0/4"),       // multicast
        IPNetwork.Parse("240.0.0.0/4"),       // reserved, broadcast
    ];

    // of IPv6 only this is the internet: fc00::/7, fe80::/10, ff00::/8, ::1 and the rest are not
    private static readonly IPNetwork Unicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialUnicast =
    [
        IPNetwork.Parse("2001::/23"),         // protocols, tunnels among them
        IPNetwork.Parse("2001:db8::/32"),     // documentation
        IPNetwork.Parse("2002::/16"),         // an IPv4 address, of any kind, in disguise
        IPNetwork.Parse("3fff::/20"),         // documentation
    ];

    // NAT64 (RFC 6052): the last four bytes are the IPv4 address that is meant
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether it is one of the internet.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        else if (address.AddressFamily == AddressFamily.InterNetworkV6 && Translated.Contains(address))
            address = new IPAddress(address.GetAddressBytes().AsSpan(12));
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Special.Any(network => network.Contains(address)),
            AddressFamily.InterNetworkV6 => Unicast.Contains(address) && !SpecialUnicast.Any(network => network.Contains(address)),
            _ => false,
        };
    }
}
