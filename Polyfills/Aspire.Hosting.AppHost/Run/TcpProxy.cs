using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Run;

/// <summary>Takes connections on one port and hands them to replicas in turn; a replica that does not listen is passed over.</summary>
internal sealed class TcpProxy(int port, IReadOnlyList<int> targets) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<TcpListener> _listeners = [];
    private readonly List<Task> _accepting = [];
    private int _turn = -1;

    /// <exception cref="DistributedApplicationException">Somebody else listens on the port.</exception>
    public void Start()
    {
        IPAddress[] addresses = Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];
        foreach (var address in addresses)
        {
            var listener = new TcpListener(address, port);
            try
            {
                listener.Start();
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressNotAvailable)
            {
                continue; // the kernel knows IPv6, but the loopback interface has no such address
            }
            catch (SocketException exception)
            {
                throw new DistributedApplicationException($"Port {port} is taken by another program.", exception);
            }

            _listeners.Add(listener);
            _accepting.Add(AcceptAsync(listener));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var listener in _listeners) listener.Dispose();
        await Task.WhenAll(_accepting);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptSocketAsync(_stopping.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // that client went away before it was served; the next one is waiting
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var _ = client;
        using var target = await ConnectAsync();
        if (target is null) return;
        client.NoDelay = true;
        await Task.WhenAll(CopyAsync(client, target), CopyAsync(target, client));
    }

    private async Task<Socket?> ConnectAsync()
    {
        for (var tries = 0; tries < targets.Count; tries++)
        {
            var target = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await target.ConnectAsync("localhost", targets[(int)((uint)Interlocked.Increment(ref _turn) % targets.Count)], _stopping.Token);
                return target;
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                target.Dispose();
            }
        }

        return null;
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, _stopping.Token)) > 0)
                await to.SendAsync(buffer.AsMemory(0, count), _stopping.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // one side is gone: the other learns it by its connection being closed
            from.Dispose();
            to.Dispose();
        }
    }
}
