using System.Net;
using System.Net.Sockets;

namespace Switchboard.Core.Providers;

/// <summary>Tells addresses of the internet from those of machines and networks of one's own (IANA's special-purpose registries).</summary>
public static class PublicAddress
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
        ArgumentNullException.ThrowIfNull(address);
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

    /// <summary>
    /// Connects to a host at a public address, for <see cref="SocketsHttpHandler.ConnectCallback"/>. The name is resolved here and the
    /// connection made to the address that was looked at: a name that points elsewhere a moment later (DNS rebinding) gains nothing.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="isTrusted">Whether its address may be a private one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PrivateAddressException">No address of the host is public, and it is not trusted.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, bool isTrusted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        var open = Array.FindAll(await Dns.GetHostAddressesAsync(host.Host, cancellationToken), address => isTrusted || Is(address));
        if (open.Length == 0)
            throw new PrivateAddressException(host.Host);
        return await ConnectAsync(open, host.Port, cancellationToken);
    }

    /// <summary>Connects to the first of these addresses that answers; whoever calls has looked at them.</summary>
    public static async ValueTask<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A host has no public address, and a call to it was refused.</summary>
/// <param name="host">The host.</param>
public sealed class PrivateAddressException(string host) : IOException($"{host} has no public address.");
