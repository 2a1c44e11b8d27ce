using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using StackExchange.Redis;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Redis;

/// <summary>What one process has of providers' limits: its own connections and budget.</summary>
internal sealed class ProviderProcess : IAsyncDisposable
{
    private readonly IHost _host;

    private ProviderProcess(IHost host) => _host = host;

    public LayeredLimiter Limiter => _host.Services.GetRequiredService<LayeredLimiter>();

    public ConcurrencyLimiter Slots => _host.Services.GetRequiredService<ConcurrencyLimiter>();

    public NpgsqlDataSource DataSource => _host.Services.GetRequiredService<NpgsqlDataSource>();

    public IDatabase Redis => _host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public FakeLogCollector Log => _host.Services.GetFakeLogCollector();

    /// <summary>Starts and waits until Redis answers, if it is to.</summary>
    public static async Task<ProviderProcess> StartAsync(RedisServer redis, PostgresServer postgres, bool withRedis = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Redis:HeartbeatMs"] = "50",
            ["Redis:RedisTimeoutMs"] = "2000",
            ["Limits:SlotSeconds"] = "4",
            ["Limits:AskAgainMs"] = "100",
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFakeLogging();
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(redis.ConnectionString));
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(postgres.ConnectionString));
        builder.Services.AddProviderLimits();
        var host = builder.Build();
        await host.StartAsync();
        var process = new ProviderProcess(host);
        if (withRedis)
            await process.UntilRedisAsync(available: true);
        return process;
    }

    public Task UntilRedisAsync(bool available) =>
        Eventually.TrueAsync(() => _host.Services.GetRequiredService<RedisConnection>().IsAvailable == available);

    /// <summary>After a kill: its sessions end a moment after their server.</summary>
    public Task UntilPostgresIsGoneAsync() => Eventually.TrueAsync(async () =>
    {
        try
        {
            await CountedAsync("any");
            return false;
        }
        catch (NpgsqlException)
        {
            return true;
        }
    });

    /// <summary>How many permits of a key count in Postgres now.</summary>
    public async Task<long> CountedAsync(string key)
    {
        await using var command = DataSource.CreateCommand(
            "SELECT coalesce(sum(permits), 0) FROM rate_limit_windows WHERE key = $1 AND counts_until > now()");
        command.Parameters.Add(new() { Value = key });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>For how long the only grant of a key counts.</summary>
    public async Task<TimeSpan> CountsForAsync(string key)
    {
        await using var command = DataSource.CreateCommand("SELECT counts_until - first_at FROM rate_limit_windows WHERE key = $1");
        command.Parameters.Add(new() { Value = key });
        return (TimeSpan)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Lets time pass for the grants of a key.</summary>
    public async Task PassAsync(string key, TimeSpan time)
    {
        await using var command = DataSource.CreateCommand(
            "UPDATE rate_limit_windows SET first_at = first_at - $2, counts_until = counts_until - $2 WHERE key = $1");
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = time });
        await command.ExecuteNonQueryAsync();
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
