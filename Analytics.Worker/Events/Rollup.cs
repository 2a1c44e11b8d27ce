using System.Runtime.InteropServices;
using Switchboard.Core.Events;

namespace Switchboard.Analytics.Worker.Events;

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
