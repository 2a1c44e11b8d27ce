using System.Diagnostics;
using RabbitMQ.Client;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Core.Jobs;

/// <summary>
/// Puts jobs into their queues. A call returns when the broker has confirmed each of its jobs, which then are on disk.
/// Safe for many callers at once; they share one channel, their jobs share messages, and each waits only for its own.
/// </summary>
public sealed class JobPublisher
{
    private readonly BrokerConnection<ConfirmingChannel> _connection;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _confirmTimeout;
    private readonly HashSet<JobWorker> _served;

    internal JobPublisher(
        IConnectionFactory factory,
        IOptions<JobOptions> options,
        TimeProvider timeProvider,
        ILogger<JobPublisher> logger,
        IEnumerable<ServedWorker>? served = null)
    {
        Lengths = new(options.Value.MaxQueueLength, logger);
        _served = [.. (served ?? []).Select(one => one.Worker)];
        _timeProvider = timeProvider;
        _confirmTimeout = TimeSpan.FromSeconds(options.Value.ConfirmTimeoutSeconds);
        _connection = new(factory, "jobs: publish", OpenAsync, timeProvider, logger);

        async Task<ConfirmingChannel> OpenAsync(IConnection connection, CancellationToken cancellationToken)
        {
            await QueueTopology.DeclareAsync(connection, options.Value.DeliveryLimit, cancellationToken);
            return await ConfirmingChannel.OpenAsync(connection, options.Value.CompressFromBytes, timeProvider, cancellationToken);
        }
    }

    /// <summary>Which queues take no more.</summary>
    internal QueueLengths Lengths { get; }

    /// <summary>Whether the broker is connected at the moment.</summary>
    internal bool IsConnected => _connection.Current is not null;

    /// <summary>Why the broker blocks publishers; null while it does not, as far as it has said.</summary>
    internal string? BlockedReason => _connection.Current?.BlockedReason;

    /// <summary>Publishes one job.</summary>
    /// <exception cref="BrokerUnavailableException">The broker is unavailable or did not confirm in time.</exception>
    public Task PublishAsync(IJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        return PublishAsync([new OutgoingJob(job)], cancellationToken);
    }

    /// <summary>Publishes jobs, all at once; after an exception some of them may be published and others not.</summary>
    /// <exception cref="BrokerUnavailableException">The broker is unavailable or did not confirm in time, or a queue is full.</exception>
    public Task PublishAsync(IReadOnlyCollection<OutgoingJob> jobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var now = _timeProvider.GetUtcNow();
        JobMessage[] messages = [.. jobs.Select(job => JobMessage.Of(job, now))];
        // a handler that waited for room in its own worker's queues would keep them from being emptied
        CheckRoom(messages.Where(message => !_served.Contains(message.Queue.Worker)));
        return PublishMessagesAsync(messages, cancellationToken);
    }

    /// <summary>Refuses messages to a queue that is full.</summary>
    /// <exception cref="BrokerUnavailableException">One is.</exception>
    internal void CheckRoom(IEnumerable<JobMessage> messages)
    {
        foreach (var message in messages)
            Lengths.Check(message.Queue);
    }

    internal async Task PublishMessagesAsync(IReadOnlyList<JobMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return;
        var spans = JobTelemetry.StartPublishing(messages);
        try
        {
            var channel = await _connection.GetAsync(_confirmTimeout, cancellationToken);
            await channel.PublishAsync(Traced(messages, spans), _confirmTimeout, cancellationToken);
            JobTelemetry.Published(messages);
        }
        finally
        {
            JobTelemetry.Stop(spans);
        }
    }

    /// <summary>A question to the broker over its own short-lived channel.</summary>
    internal async Task<T> AskAsync<T>(Func<IChannel, Task<T>> question, CancellationToken cancellationToken)
    {
        var session = await _connection.GetAsync(_confirmTimeout, cancellationToken);
        await using var channel = await session.Connection.CreateChannelAsync(cancellationToken: cancellationToken);
        return await question(channel);
    }

    internal Task RunAsync(CancellationToken stopping) => _connection.RunAsync(stopping);

    private static IReadOnlyList<JobMessage> Traced(IReadOnlyList<JobMessage> messages, Activity?[]? spans) => spans is null
        ? messages
        : [.. messages.Select((message, index) => spans[index] is { Id: { } span } ? message with { TraceParent = span } : message)];
}

/// <summary>Keeps the publisher connected while the process runs. Registered first, so that it stops last.</summary>
internal sealed class JobPublisherHost(JobPublisher publisher) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => publisher.RunAsync(stoppingToken);
}

/// <summary>
/// The broker is unavailable, has blocked its publishers, did not confirm in time, or has a full queue. Whether it has the jobs is not
/// known: to publish them again is safe, because jobs are idempotent. An endpoint answers 503 with <c>Retry-After</c>.
/// </summary>
public sealed class BrokerUnavailableException : Exception
{
    /// <summary>Creates it without a reason.</summary>
    public BrokerUnavailableException()
        : base("The broker is unavailable.")
    {
    }

    /// <summary>Creates it with a reason.</summary>
    public BrokerUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and what it came from.</summary>
    public BrokerUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether a queue has as much as it may hold; nothing was published then.</summary>
    public bool QueueIsFull { get; init; }
}
