using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Switchboard.Tests;

/// <summary>
/// A port for a server of a test. It is below those that systems give to outgoing connections (from 32,768 on): of these, one that is free
/// now may be taken before the server has started, by any of the thousands of connections that other tests open meanwhile.
/// </summary>
internal static class FreePort
{
    private const int Lowest = 15_000;
    private const int Highest = 32_000;

    /// <summary>One that nobody listens on now.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, Highest);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // another one
            }
        }
    }
}
