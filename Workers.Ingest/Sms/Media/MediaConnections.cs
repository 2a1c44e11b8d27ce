using System.Net;
using System.Net.Sockets;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Ingest.Sms.Media;

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
