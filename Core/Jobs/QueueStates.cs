using System.Diagnostics.Metrics;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Jobs;

/// <summary>What waits in a queue.</summary>
/// <param name="Depth">Messages that no worker has taken.</param>
/// <param name="Consumers">Processes that take from it.</param>
/// <param name="OldestAge">How long the oldest of them has waited at most: nothing when there is none, null when that is not known.</param>
internal sealed record QueueState(long Depth, long Consumers, TimeSpan? OldestAge);

/// <summary>
/// How much waits in the queues and for how long. The broker does not say when the first message of a queue was published, so each queue
/// has a mark in <c>job_queues</c>: all that was published before it was taken. A worker moves it to the time of each message that it
/// takes (<see cref="JobCounters"/>), and whoever sees the queue empty moves it to that moment. Queues are first come, first served, so
/// what waits is no older than the mark. Workers that stop leave it where it is, and the age grows.
/// </summary>
internal sealed class QueueStates(JobPublisher publisher, NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    // $1: queues, $2: which of them are empty, $3: when that was asked. One that was never seen before has a mark from now on.
    private const string MoveSql =
        """
        WITH moved AS (
            INSERT INTO job_queues AS q (queue, taken_until)
            SELECT queue, $3 FROM unnest($1::text[], $2::boolean[]) AS seen (queue, is_empty)
            WHERE is_empty OR NOT EXISTS (SELECT FROM job_queues AS known WHERE known.queue = seen.queue)
            ORDER BY queue
            ON CONFLICT (queue) DO UPDATE SET taken_until = greatest(q.taken_until, excluded.taken_until)
            RETURNING queue, taken_until
        )
        SELECT queue, max(taken_until)
        FROM (SELECT * FROM moved UNION ALL SELECT queue, taken_until FROM job_queues WHERE queue = ANY ($1)) AS marks
        GROUP BY queue
        """;

    private const string MarksSql = "SELECT queue, taken_until FROM job_queues WHERE queue = ANY ($1)";

    /// <summary>The queues of these names; null while the broker is unavailable.</summary>
    public Task<IReadOnlyDictionary<string, QueueState>?> ReadAsync(IEnumerable<string> names, CancellationToken cancellationToken) =>
        ReadAsync(names, (queues, _) => dataSource.Command(MarksSql, (object)queues.Keys.ToArray()), cancellationToken);

    /// <summary>The same, and the marks of those that are empty are moved.</summary>
    public Task<IReadOnlyDictionary<string, QueueState>?> MeasureAsync(IEnumerable<string> names, CancellationToken cancellationToken) =>
        ReadAsync(
            names,
            (queues, asked) => dataSource.Command(
                MoveSql, queues.Keys.ToArray(), queues.Values.Select(queue => queue.MessageCount == 0).ToArray(), asked),
            cancellationToken);

    /// <summary>How many messages wait in these queues together; null while the broker is unavailable.</summary>
    public async Task<long?> DepthAsync(IEnumerable<string> names, CancellationToken cancellationToken) =>
        (await AskAsync(names, cancellationToken))?.Values.Sum(queue => queue.MessageCount);

    private async Task<IReadOnlyDictionary<string, QueueState>?> ReadAsync(
        IEnumerable<string> names,
        Func<Dictionary<string, QueueDeclareOk>, DateTimeOffset, NpgsqlCommand> marksOf,
        CancellationToken cancellationToken)
    {
        var asked = timeProvider.GetUtcNow();
        if (await AskAsync(names, cancellationToken) is not { } queues)
            return null;
        var marks = (await marksOf(queues, asked)
            .ListAsync(row => (Queue: row.GetString(0), TakenUntil: row.GetFieldValue<DateTimeOffset>(1)), cancellationToken))
            .ToDictionary(mark => mark.Queue, mark => mark.TakenUntil);
        var now = timeProvider.GetUtcNow();
        return queues.ToDictionary(queue => queue.Key, queue => new QueueState(
            queue.Value.MessageCount, queue.Value.ConsumerCount, AgeOf(queue.Key, queue.Value.MessageCount)));

        TimeSpan? AgeOf(string queue, uint depth) =>
            depth == 0 ? TimeSpan.Zero
            : !marks.TryGetValue(queue, out var takenUntil) ? null
            : now > takenUntil ? now - takenUntil : TimeSpan.Zero;
    }

    private async Task<Dictionary<string, QueueDeclareOk>?> AskAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        try
        {
            return await publisher.AskAsync(
                async channel =>
                {
                    var queues = new Dictionary<string, QueueDeclareOk>();
                    foreach (var name in names)
                        queues[name] = await channel.QueueDeclarePassiveAsync(name, cancellationToken);
                    return queues;
                },
                cancellationToken);
        }
        catch (Exception reason) when (reason is BrokerUnavailableException or RabbitMQClientException)
        {
            // shown as unknown: what else is told is good without the broker
            return null;
        }
    }
}

/// <summary>
/// Measures all queues again and again: <c>switchboard.queue.depth</c> (messages) and <c>switchboard.queue.oldest.age</c> (s), each with
/// <c>job.lane</c>. Nothing is reported of a broker that does not answer.
/// </summary>
internal sealed class QueueLagPoll : ResilientLoop
{
    // a reading that is older than so many polls says nothing of now
    private const int GoodForPolls = 3;

    private readonly QueueStates _queues;
    private readonly TimeSpan _every;
    private volatile Reading? _reading;

    public QueueLagPoll(
        QueueStates queues, IMeterFactory meters, IOptions<JobOptions> options, TimeProvider timeProvider, ILogger<QueueLagPoll> logger)
        : base(timeProvider, logger)
    {
        _queues = queues;
        _every = TimeSpan.FromMilliseconds(options.Value.LagPollMs);
        var meter = meters.Create(JobTelemetry.Name);
        meter.CreateObservableGauge(
            "switchboard.queue.depth", () => Each(queue => queue.Depth), "{message}", "Messages that no worker has taken");
        meter.CreateObservableGauge(
            "switchboard.queue.oldest.age", () => Each(queue => queue.OldestAge?.TotalSeconds ?? 0), "s",
            "How long the oldest of them has waited at most");
    }

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        var queues = await _queues.MeasureAsync(JobQueue.All.Select(queue => queue.Name), cancellationToken);
        _reading = queues is null ? null : new(queues, TimeProvider.GetTimestamp());
        return _every;
    }

    private IEnumerable<Measurement<T>> Each<T>(Func<QueueState, T> value)
        where T : struct =>
        _reading is { } reading && TimeProvider.GetElapsedTime(reading.At) < _every * GoodForPolls
            ? reading.Queues.Select(queue =>
                new Measurement<T>(value(queue.Value), new KeyValuePair<string, object?>("job.lane", queue.Key)))
            : [];

    private sealed record Reading(IReadOnlyDictionary<string, QueueState> Queues, long At);
}
