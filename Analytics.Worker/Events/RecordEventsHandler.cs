using System.Runtime.InteropServices;
using Npgsql;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Postgres;

namespace Switchboard.Analytics.Worker.Events;

/// <summary>
/// Adds events to the roll-ups, whatever their types, those of a job once: its id is noted in the transaction that adds them. Of users who
/// were deleted nothing is counted any more. What an outgoing webhook takes is passed on in the same transaction, and so once too: whether
/// there is any is one look for a batch, so that nobody waits for a cache to learn of a new endpoint.
/// </summary>
internal sealed class RecordEventsHandler(NpgsqlDataSource dataSource, ScheduledJobs scheduledJobs, TimeProvider timeProvider)
    : IJobHandler<RecordEvents>
{
    private const string ClaimSql =
        """
        INSERT INTO counted_facts (job_id, counted_at)
        SELECT job_id, $2 FROM unnest($1::uuid[]) AS batch (job_id)
        ON CONFLICT DO NOTHING
        RETURNING job_id
        """;

    private const string AddSql =
        """
        INSERT INTO event_rollups AS rollup (user_id, granularity, type, bucket, dimension, count, sum)
        SELECT added.*
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::bigint[], $7::bigint[])
            AS added (user_id, granularity, type, bucket, dimension, count, sum)
        WHERE EXISTS (SELECT FROM users WHERE users.id = added.user_id)
        ON CONFLICT (user_id, granularity, type, bucket, dimension)
        DO UPDATE SET count = rollup.count + excluded.count, sum = rollup.sum + excluded.sum
        """;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RecordEvents>> batch, CancellationToken cancellationToken)
    {
        // both statements lock their rows in the order of the key, so that two processes with the same rows cannot deadlock
        var jobs = batch.Select(delivery => delivery.Job).DistinctBy(job => job.Id).OrderBy(job => job.Id).ToArray();

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // those that were not counted before
        var claimed = (await transaction.Command(ClaimSql, jobs.Select(job => job.Id).ToArray(), timeProvider.GetUtcNow())
            .ListAsync(row => row.GetGuid(0), cancellationToken)).ToHashSet();
        var rows = Rollup.Of(jobs.Where(job => claimed.Contains(job.Id)).SelectMany(job => job.Facts));
        await transaction.Command(
            AddSql,
            rows.Select(row => row.Key.UserId).ToArray(),
            rows.Select(row => row.Key.Granularity).ToArray(),
            rows.Select(row => row.Key.Type).ToArray(),
            rows.Select(row => row.Key.Bucket).ToArray(),
            rows.Select(row => row.Key.Dimension).ToArray(),
            rows.Select(row => row.Count).ToArray(),
            rows.Select(row => row.Sum).ToArray()).RunAsync(cancellationToken);
        await FanOutAsync(transaction, batch, claimed, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private async Task FanOutAsync(
        NpgsqlTransaction transaction, IReadOnlyList<JobDelivery<RecordEvents>> batch, HashSet<Guid> claimed,
        CancellationToken cancellationToken)
    {
        var counted = batch.DistinctBy(delivery => delivery.Job.Id).Where(delivery => claimed.Contains(delivery.Job.Id)).ToArray();
        var users = counted.SelectMany(delivery => delivery.Job.Facts).Select(happened => happened.UserId).Distinct().ToArray();
        var subscriptions = await WebhookMessageStore.SubscriptionsAsync(transaction, users, cancellationToken);
        if (subscriptions.Count == 0)
            return;

        var now = timeProvider.GetUtcNow();
        var jobs = from delivery in counted
                   let taken = delivery.Job.Facts
                       // those of a former version have no id, by which they would be told once
                       .Where(happened => happened.Id is not null && subscriptions.Exists(one => one.Takes(happened.UserId, happened.Type)))
                       .ToArray()
                   where taken.Length > 0
                   select new OutgoingJob(new FanOutEvents(Guid.CreateVersion7(now), taken), delivery.Activity?.Context);
        // nobody waits for events: the scheduler publishes those of many commits together
        await scheduledJobs.InsertAsync(transaction.Connection!, transaction, [.. jobs], now, cancellationToken);
    }
}

/// <summary>Adds events up to the rows that they change. A pure decision.</summary>
internal static class Rollup
{
    /// <summary>
    /// One row for each user, type, dimension and minute and one for each user, type, dimension and hour, in the order of the table's key:
    /// two processes that lock the same rows in the same order cannot deadlock.
    /// </summary>
    public static IReadOnlyList<RollupRow> Of(IEnumerable<EventRecord> events)
    {
        var sums = new Dictionary<RollupKey, (long Count, long Sum)>();
        foreach (var one in events)
        {
            Add(one, "minute", TimeSpan.TicksPerMinute);
            Add(one, "hour", TimeSpan.TicksPerHour);
        }

        return [.. sums
            .Select(row => new RollupRow(row.Key, row.Value.Count, row.Value.Sum))
            .OrderBy(row => row.Key.UserId)
            .ThenBy(row => row.Key.Granularity, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Type, StringComparer.Ordinal)
            .ThenBy(row => row.Key.Bucket)
            .ThenBy(row => row.Key.Dimension, StringComparer.Ordinal)];

        void Add(EventRecord one, string granularity, long ticks)
        {
            var bucket = new DateTimeOffset(one.OccurredAt.UtcTicks - one.OccurredAt.UtcTicks % ticks, TimeSpan.Zero);
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(
                sums, new(one.UserId, granularity, one.Type, bucket, one.Dimension), out _);
            sum = (sum.Count + one.Count, sum.Sum + one.Value);
        }
    }
}

/// <summary>The key of a row of <c>event_rollups</c>.</summary>
/// <param name="UserId">Whose events.</param>
/// <param name="Granularity"><c>minute</c> or <c>hour</c>.</param>
/// <param name="Type">What happened.</param>
/// <param name="Bucket">The minute or hour, UTC.</param>
/// <param name="Dimension">What events of the type are counted by.</param>
internal readonly record struct RollupKey(Guid UserId, string Granularity, string Type, DateTimeOffset Bucket, string Dimension);

/// <summary>What is added to one row of <c>event_rollups</c>.</summary>
internal sealed record RollupRow(RollupKey Key, long Count, long Sum);
