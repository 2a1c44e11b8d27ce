using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Aspire.Hosting.Run;

/// <summary>
/// The socket by which another terminal speaks to a running app host. A request is one line, <c>resource NAME COMMAND</c> or <c>status</c>;
/// the answer is <c>ok</c> or <c>failed</c> on a line, then text until the end.
/// </summary>
internal static class ControlSocket
{
    // a socket's path has room for 107 bytes
    private const int LongestPath = 107;

    public static UnixDomainSocketEndPoint Of(LocalRun run) => new(PathOf(run));

    public static string PathOf(LocalRun run)
    {
        var path = Path.Combine(run.Folder, "apphost.sock");
        return Encoding.UTF8.GetByteCount(path) <= LongestPath
            ? path
            : Path.Combine("/var/tmp", $"apphost-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16]}.sock");
    }

    /// <summary>A connection to the app host that has this folder; null when none runs.</summary>
    public static async Task<Socket?> ConnectAsync(LocalRun run, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(Of(run), cancellationToken);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
