using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Redis;

/// <summary>Healthy when AUTH and PING are answered, and the data has been read from disk.</summary>
internal sealed class RedisHealthCheck(RedisResource resource) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(resource.PrimaryEndpoint.Host, resource.PrimaryEndpoint.Port, cancellationToken);
            await using var stream = client.GetStream();
            await using var writer = new StreamWriter(stream) { NewLine = "\r\n" };
            using var reader = new StreamReader(stream);
            if (resource.PasswordParameter is { } password)
            {
                await writer.WriteLineAsync($"AUTH {await password.GetValueAsync(cancellationToken)}".AsMemory(), cancellationToken);
                await writer.FlushAsync(cancellationToken);
                if (await reader.ReadLineAsync(cancellationToken) is not "+OK") return HealthCheckResult.Unhealthy("Redis refuses the password.");
            }

            await writer.WriteLineAsync("PING".AsMemory(), cancellationToken);
            await writer.FlushAsync(cancellationToken);
            var answer = await reader.ReadLineAsync(cancellationToken);
            return answer is "+PONG" ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"Redis answers PING with '{answer}'.");
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return HealthCheckResult.Unhealthy("Redis does not answer.", exception);
        }
    }
}
