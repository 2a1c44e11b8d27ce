using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Switchboard.Core.Jobs;

// The broker alone, as bench/run.sh broker measures it: jobs of 1 KB, each confirmed to its publisher and acknowledged by its handler, through
// the job engine; then through the bare client, a message each, and in as many messages of their size as the engine made of them.
// Environment: ConnectionStrings__rabbitmq, ConnectionStrings__switchboard (with the schema), METRICS (the broker's address of Prometheus),
// JOBS (how many), CALLERS (how many publish at once). It prints one line of JSON.
var jobs = Setting("JOBS", 200_000);
var callers = Setting("CALLERS", 256);
var broker = new ConnectionFactory { Uri = new(Environment.GetEnvironmentVariable("ConnectionStrings__rabbitmq")!) };
using var http = new HttpClient { BaseAddress = new(Environment.GetEnvironmentVariable("METRICS")!) };

await EngineRun.RunAsync(broker, jobs / 4, callers); // until then the runtime compiles
var before = await MessagesAsync();
var engine = await EngineRun.RunAsync(broker, jobs, callers);
var messages = await MessagesAsync() - before;
var bytes = (int)((long)jobs * BrokerJob.Bytes / messages);
await RawRun.RunAsync(broker, jobs / 4, BrokerJob.Bytes, callers);
var single = await RawRun.RunAsync(broker, jobs, BrokerJob.Bytes, callers);
var gathered = await RawRun.RunAsync(broker, messages, bytes, callers);

Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $$"""{"jobs":{{jobs}},"messages":{{messages}},"jobsPerSecond":{{jobs / engine.TotalSeconds:0}},"clientPerSecond":{{jobs / single.TotalSeconds:0}},"clientGatheredPerSecond":{{jobs / gathered.TotalSeconds:0}},"toClient":{{single / engine:0.00}},"toClientGathered":{{gathered / engine:0.00}}}"""));

static int Setting(string name, int otherwise) =>
    int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

async Task<int> MessagesAsync() => (int)(await http.GetStringAsync("metrics")).Split('\n')
    .Where(line => line.StartsWith("rabbitmq_global_messages_received_total{", StringComparison.Ordinal))
    .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

/// <summary>A job of 1 KB that nothing is done for.</summary>
internal sealed record BrokerJob(Guid Id, string Text) : IJob
{
    public const int Bytes = 1024;

    /// <summary>What its id, its key and the envelope take of them.</summary>
    public const int Envelope = 300;

    public static JobType Type { get; } = new("bench-broker", 1, JobWorker.Ingest, JobPriority.Normal);

    public string IdempotencyKey => $"bench:{Id}";
}

/// <summary>Counts the jobs that came, and says when the last one has.</summary>
internal sealed class Arrivals(int expected)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public Task All => _all.Task;

    public void Add(int count)
    {
        if (Interlocked.Add(ref _count, count) >= expected)
            _all.TrySetResult();
    }
}

internal sealed class BrokerHandler(Arrivals arrivals) : IJobHandler<BrokerJob>
{
    public Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<BrokerJob>> batch, CancellationToken cancellationToken)
    {
        arrivals.Add(batch.Count);
        return Task.FromResult<IReadOnlyList<JobOutcome>>([.. batch.Select(_ => JobOutcome.Done)]);
    }
}

internal static class EngineRun
{
    /// <summary>From the first publish to when the last job was handled.</summary>
    public static async Task<TimeSpan> RunAsync(IConnectionFactory broker, int jobs, int callers)
    {
        var arrivals = new Arrivals(jobs);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // as it is by default, but for compression, which the bare client has none of
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Jobs:CompressFromBytes"] = "0" });
        builder.Services.AddSingleton(broker);
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("ConnectionStrings__switchboard")!));
        builder.Services.AddSingleton(arrivals);
        builder.Services.AddJobWorker(JobWorker.Ingest, worker => worker.Handle<BrokerJob, BrokerHandler>());
        using var host = builder.Build();
        await host.StartAsync();
        var publisher = host.Services.GetRequiredService<JobPublisher>();
        var text = RandomNumberGenerator.GetHexString(BrokerJob.Bytes - BrokerJob.Envelope, lowercase: true);
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = callers },
            async (_, cancellationToken) => await publisher.PublishAsync(new BrokerJob(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), text), cancellationToken));
        await arrivals.All;
        var took = Stopwatch.GetElapsedTime(started);
        await host.StopAsync();
        return took;
    }
}

internal static class RawRun
{
    private const string Queue = "bench-raw";
    private const ushort Prefetch = 400;
    private const int AcknowledgedTogether = 40;

    /// <summary>From the first publish to when the last message had arrived.</summary>
    public static async Task<TimeSpan> RunAsync(IConnectionFactory broker, int messages, int bytes, int callers)
    {
        var arrivals = new Arrivals(messages);
        await using var connection = await broker.CreateConnectionAsync();
        await using var receiving = await connection.CreateChannelAsync();
        await receiving.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await receiving.BasicQosAsync(0, Prefetch, global: false);
        var consumer = new AsyncEventingBasicConsumer(receiving);
        var unacknowledged = 0;
        consumer.ReceivedAsync += async (_, message) =>
        {
            if (++unacknowledged % AcknowledgedTogether == 0)
                await receiving.BasicAckAsync(message.DeliveryTag, multiple: true);
            arrivals.Add(1);
        };
        await receiving.BasicConsumeAsync(Queue, autoAck: false, consumer);

        await using var sending = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var body = RandomNumberGenerator.GetBytes(bytes);
        var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent };
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, messages), new ParallelOptions { MaxDegreeOfParallelism = callers },
            async (_, cancellationToken) => await sending.BasicPublishAsync("", Queue, mandatory: false, properties, body, cancellationToken));
        await arrivals.All;
        var took = Stopwatch.GetElapsedTime(started);
        await receiving.QueueDeleteAsync(Queue);
        return took;
    }
}
