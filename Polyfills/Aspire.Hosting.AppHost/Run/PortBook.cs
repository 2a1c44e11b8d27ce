using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace Aspire.Hosting.Run;

/// <summary>Free ports, the same in each run while they stay free. Without a file they are new in each run.</summary>
internal sealed class PortBook(string? path)
{
    // below the range that the kernel takes for outgoing connections, so that none of those gets in the way of a restart
    private const int First = 20_000;
    private const int Last = 32_000;
    private readonly HashSet<int> _given = [];
    private readonly Lock _lock = new();
    private Dictionary<string, int>? _kept;

    /// <summary>A port for that purpose.</summary>
    public int PortFor(string purpose)
    {
        lock (_lock)
        {
            _kept ??= path is not null && File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(path)) ?? [] : [];
            if (_kept.TryGetValue(purpose, out var port) && !_given.Contains(port) && IsFree(port))
            {
                _given.Add(port);
                return port;
            }

            do port = RandomNumberGenerator.GetInt32(First, Last);
            while (_given.Contains(port) || !IsFree(port));
            _given.Add(port);
            _kept[purpose] = port;
            if (path is not null) PrivateFile.Write(path, JsonSerializer.Serialize(_kept));
            return port;
        }
    }

    /// <summary>Whether nobody listens there.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
