using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Switchboard.Core.Jobs;

/// <summary>How the jobs of all processes are doing, type by type.</summary>
public sealed class JobStats
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly JobPublisher _publisher;
    private readonly TimeProvider _time;

    internal JobStats(NpgsqlDataSource dataSource, JobPublisher publisher, TimeProvider time)
    {
        _dataSource = dataSource;
        _publisher = publisher;
        _time = time;
    }

    /// <summary>One for each of <see cref="JobTypes.All"/>, and for each other type that has left a trace.</summary>
    public async Task<IReadOnlyList<JobTypeStats>> GetAsync(CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var counts = await ReadJobCounts.ExecuteAsync(_dataSource, now, cancellation);
        var known = JobTypes.All.ToDictionary(type => type.Name, type => JobQueue.Of(type.Worker, type.Priority).Queue);
        var names = known.Keys.Concat(counts.Keys.Order(StringComparer.Ordinal)).Distinct().ToArray();
        var queues = await QueuesAsync(known.Values.Distinct(), cancellation);
        var notAllScheduled = counts.Values.Sum(count => count.Scheduled) >= ReadJobCounts.AtMost;
        return [.. names.Select(name => Stats(name, known.GetValueOrDefault(name), counts.GetValueOrDefault(name, JobCounts.None)))];

        JobTypeStats Stats(string name, string? lane, JobCounts count)
        {
            var seconds = 60 + (now.TimeOfDay.TotalSeconds % 60);
            return new(
                name,
                lane ?? "",
                lane is null ? null : queues?.GetValueOrDefault(lane)?.MessageCount,
                lane is null ? null : queues?.GetValueOrDefault(lane)?.ConsumerCount,
                count.Active,
                count.Scheduled,
                count.Completed,
                count.Failed,
                count.Dead,
                Math.Round(count.RecentlyCompleted / seconds, 2),
                Math.Round(count.RecentlyFailed / seconds, 2),
                new(Percentile(0.50), Percentile(0.95), Percentile(0.99)))
            {
                CountedUpTo = notAllScheduled || count.Dead >= ReadJobCounts.AtMost ? ReadJobCounts.AtMost : null,
            };

            double? Percentile(double part) =>
                LatencyBuckets.Percentile(count.Latencies, part) is { } ms ? Math.Round(ms, 1) : null;
        }
    }

    /// <summary>
    /// How many messages wait for a worker in the lanes of these types, those of other types in them included; null while the broker is
    /// away. Cheaper than all of <see cref="GetAsync"/>.
    /// </summary>
    public async Task<long?> ReadyAsync(IEnumerable<JobType> types, CancellationToken cancellation)
    {
        var lanes = types.Select(type => JobQueue.Of(type.Worker, type.Priority).Queue).Distinct();
        return (await QueuesAsync(lanes, cancellation))?.Values.Sum(queue => queue.MessageCount);
    }

    private async Task<Dictionary<string, QueueDeclareOk>?> QueuesAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        try
        {
            return await _publisher.AskAsync(
                async channel =>
                {
                    var queues = new Dictionary<string, QueueDeclareOk>();
                    foreach (var name in names)
                        queues[name] = await channel.QueueDeclarePassiveAsync(name, cancellation);
                    return queues;
                },
                cancellation);
        }
        catch (Exception reason) when (reason is BrokerUnavailableException or RabbitMQClientException)
        {
            // shown as unknown: the rest of the figures is good without the broker
            return null;
        }
    }
}
