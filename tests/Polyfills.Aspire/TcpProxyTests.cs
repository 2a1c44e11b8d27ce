using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Run;

namespace Switchboard.Tests.Polyfills.Aspire;

/// <summary>One address for several replicas.</summary>
public sealed class TcpProxyTests
{
    [Fact]
    public async Task Connections_go_to_whoever_listens_and_carry_bytes_both_ways()
    {
        var ports = new PortBook(null);
        var (address, dead) = (ports.PortFor("proxy"), ports.PortFor("dead"));
        using var replica = new TcpListener(IPAddress.Loopback, 0);
        replica.Start();
        await using var proxy = new TcpProxy(address, [dead, ((IPEndPoint)replica.LocalEndpoint).Port]);
        proxy.Start();

        for (var i = 0; i < 3; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, address);
            using var accepted = await replica.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("ping"u8.ToArray());
            (await ReadAsync(accepted)).ShouldBe("ping");
            await accepted.GetStream().WriteAsync("pong"u8.ToArray());
            (await ReadAsync(client)).ShouldBe("pong");
        }
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        var buffer = new byte[4];
        await client.GetStream().ReadExactlyAsync(buffer);
        return System.Text.Encoding.ASCII.GetString(buffer);
    }
}
