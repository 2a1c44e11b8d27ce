using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Switchboard.Tests.Unit.Providers;

/// <summary>A proxy on this machine, of HTTP or SOCKS5 (RFC 1928, 1929), that notes what goes through it.</summary>
internal sealed class LocalProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly bool _isSocks;
    private readonly Task _accepting;
    private int _requests;

    private LocalProxy(bool isSocks)
    {
        _isSocks = isSocks;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections or requests have gone through it.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>What it was shown last: <c>user:password</c>.</summary>
    public string? Credentials { get; private set; }

    public static LocalProxy Http() => new(isSocks: false);

    public static LocalProxy Socks5() => new(isSocks: true);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ended.Token));
        }
        catch (Exception reason) when (reason is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            var stream = client.GetStream();
            await (_isSocks ? ServeSocksAsync(stream) : ServeHttpAsync(stream));
        }
        catch (Exception reason) when (reason is OperationCanceledException or IOException or SocketException)
        {
        }
    }

    // one request in absolute form (RFC 9112, 3.2.2), passed on as it is in origin form
    private async Task ServeHttpAsync(NetworkStream client)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await client.ReadExactlyAsync(one, _ended.Token);
            head.Append((char)one[0]);
        }

        Interlocked.Increment(ref _requests);
        var lines = head.ToString().Split("\r\n");
        var parts = lines[0].Split(' ');
        var target = new Uri(parts[1]);
        if (lines.FirstOrDefault(line => line.StartsWith("Proxy-Authorization: Basic ", StringComparison.OrdinalIgnoreCase)) is { } shown)
            Credentials = Encoding.UTF8.GetString(Convert.FromBase64String(shown["Proxy-Authorization: Basic ".Length..]));
        using var server = new TcpClient();
        await server.ConnectAsync(target.Host, target.Port, _ended.Token);
        var request = $"{parts[0]} {target.PathAndQuery} HTTP/1.1\r\nConnection: close\r\n" + string.Join(
            "\r\n", lines.Skip(1).Where(line => !line.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)));
        await server.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), _ended.Token);
        await PipeAsync(client, server.GetStream());
    }

    private async Task ServeSocksAsync(NetworkStream client)
    {
        var methods = new byte[(await ReadAsync(client, 2))[1]];
        await client.ReadExactlyAsync(methods, _ended.Token);
        var takesPassword = methods.Contains((byte)2);
        await client.WriteAsync(new byte[] { 5, takesPassword ? (byte)2 : (byte)0 }, _ended.Token);
        if (takesPassword)
        {
            var user = Encoding.UTF8.GetString(await ReadAsync(client, (await ReadAsync(client, 2))[1]));
            Credentials = $"{user}:{Encoding.UTF8.GetString(await ReadAsync(client, (await ReadAsync(client, 1))[0]))}";
            await client.WriteAsync(new byte[] { 1, 0 }, _ended.Token);
        }

        var kind = (await ReadAsync(client, 4))[3];
        var host = kind == 3
            ? Encoding.ASCII.GetString(await ReadAsync(client, (await ReadAsync(client, 1))[0]))
            : new IPAddress(await ReadAsync(client, kind == 1 ? 4 : 16)).ToString();
        var port = await ReadAsync(client, 2);
        Interlocked.Increment(ref _requests);
        using var server = new TcpClient();
        await server.ConnectAsync(host, (port[0] << 8) | port[1], _ended.Token);
        await client.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, _ended.Token);
        await PipeAsync(client, server.GetStream());
    }

    private async Task<byte[]> ReadAsync(NetworkStream stream, int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, _ended.Token);
        return bytes;
    }

    private async Task PipeAsync(NetworkStream one, NetworkStream other) =>
        await Task.WhenAny(one.CopyToAsync(other, _ended.Token), other.CopyToAsync(one, _ended.Token));
}
