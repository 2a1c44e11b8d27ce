using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

/// <summary>A process of the product, as far as jobs are concerned.</summary>
internal sealed class TestProcess : IAsyncDisposable
{
    private readonly IHost _host;

    private TestProcess(IHost host) => _host = host;

    public TestScript Script => _host.Services.GetRequiredService<TestScript>();

    public JobPublisher Publisher => Get<JobPublisher>();

    public NpgsqlDataSource Database => Get<NpgsqlDataSource>();

    public static Task<TestProcess> WorkerAsync(Servers servers, TestScript? script = null, int maxBatch = 50, int concurrentBatches = 2,
        double confirmTimeoutSeconds = 5) =>
        StartAsync(servers, script, services => services
            .AddJobWorker(JobWorker.Ingest, worker => worker.Handle<TestJob, TestHandler>(maxBatch, concurrentBatches))
            .AddJobScheduler()
            .PostConfigure<JobOptions>(options => options.ConfirmTimeoutSeconds = confirmTimeoutSeconds));

    public static Task<TestProcess> PublisherAsync(Servers servers) => StartAsync(servers, null, services => services.AddJobPublishing());

    public static async Task<TestProcess> StartAsync(Servers servers, TestScript? script, Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:SchedulerPollMs"] = "20",
            ["Jobs:OutboxGraceSeconds"] = "1",
            ["Jobs:StatsFlushMs"] = "50",
            ["Jobs:MaxHoldSeconds"] = 0.2.ToString(CultureInfo.InvariantCulture),
        });
        builder.Logging.AddFakeLogging(options =>
        {
            options.FilteredLevels.UnionWith([LogLevel.Warning, LogLevel.Error, LogLevel.Critical]);
            options.OutputSink = line => TestContext.Current.TestOutputHelper?.WriteLine(line);
        });
        builder.Services.AddSingleton(servers.Broker);
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(servers.Postgres));
        builder.Services.AddSingleton(script ?? new());
        configure(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Its warnings and errors.</summary>
    public FakeLogCollector Log => Get<FakeLogCollector>();

    /// <summary>Whether the host stops, which nobody but the test may ask it to.</summary>
    public bool IsStopping => Get<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public Task StopAsync() => _host.StopAsync();

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of each row that a statement answers.</summary>
    public async Task<string> TextAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    /// <summary>Waits until a count is what it should be: its rows are written by others, who say nothing to the test.</summary>
    public Task UntilCountAsync(string sql, long expected) => Eventually.TrueAsync(async () => await CountAsync(sql) == expected);

    /// <summary>The messages that wait in a queue; those that a consumer holds are not counted.</summary>
    public Task<uint> DepthAsync(string queue) => Publisher.AskAsync(channel => channel.MessageCountAsync(queue), CancellationToken.None);

    /// <summary>Waits until so many messages wait in a queue: the broker puts back what a consumer left some time after its channel is closed.</summary>
    public Task UntilDepthAsync(string queue, int expected) => Eventually.TrueAsync(async () => await DepthAsync(queue) == expected);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
