using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Operations.Health;

namespace Switchboard.Tests.Edge.Health;

/// <summary>What the edge has of it, on a real database; the broker is away.</summary>
internal sealed class PerformanceHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<string> _warnings = Channel.CreateUnbounded<string>();
    private readonly ServiceProvider _services;

    public PerformanceHost(PostgresServer postgres, params (string Name, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            settings.Append((Name: "Jobs:ConfirmTimeoutSeconds", Value: "0.1")).ToDictionary(setting => setting.Name, setting => (string?)setting.Value)).Build());
        services.AddLogging(logging => logging.AddFakeLogging(options =>
        {
            options.FilteredLevels = new HashSet<LogLevel> { LogLevel.Warning, LogLevel.Error, LogLevel.Critical };
            options.OutputFormatter = line => line.Message;
            options.OutputSink = line => _warnings.Writer.TryWrite(line);
        }));
        services.AddSingleton(NpgsqlDataSource.Create(postgres.ConnectionString));
        services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") });
        services.AddJobPublishing();
        services.AddProcessReports(ProcessServices.Edge);
        services.AddTrackingHealth();
        _services = services.BuildServiceProvider();
    }

    /// <summary>How many warnings were logged and not read.</summary>
    public int UnreadWarnings => _warnings.Reader.Count;

    public async Task<string> NextWarningAsync() => await _warnings.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public QueryMonitor Queries => _services.GetRequiredService<QueryMonitor>();

    public NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    public async Task<(int Status, TrackingHealth Health)> HealthAsync()
    {
        var health = await new GetTrackingHealth(
            _services.GetRequiredService<ReadHealth>(),
            _services.GetRequiredService<FeatureRollout>(),
            _services.GetRequiredService<IOptions<TrackingHealthOptions>>()).JudgeAsync(CancellationToken.None);
        return (GetTrackingHealth.StatusOf(health), health);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();
}
