using Switchboard.Core.Notifications;

namespace Switchboard.Analytics.Worker.Events;

/// <summary>Adds events up to the rows that they change. A pure decision.</summary>
internal static class Rollup
{
    /// <summary>
    /// One row for each user, minute and channel and one for each user, hour and channel, in the order of the table's key: two processes
    /// that lock the same rows in the same order cannot deadlock.
    /// </summary>
    /// <exception cref="ArgumentException">An event is of an unknown kind.</exception>
    public static IReadOnlyList<RollupRow> Of(IEnumerable<NotificationEvent> events)
    {
        var rows = new Dictionary<(Guid, string, DateTimeOffset, string), RollupRow>();
        foreach (var one in events)
        {
            RowOf(one, "minute", TimeSpan.TicksPerMinute).Add(one);
            RowOf(one, "hour", TimeSpan.TicksPerHour).Add(one);
        }

        return [.. rows.Values
            .OrderBy(row => row.UserId)
            .ThenBy(row => row.Granularity, StringComparer.Ordinal)
            .ThenBy(row => row.Bucket)
            .ThenBy(row => row.Channel, StringComparer.Ordinal)];

        RollupRow RowOf(NotificationEvent one, string granularity, long ticks)
        {
            var bucket = new DateTimeOffset(one.Minute.UtcTicks - one.Minute.UtcTicks % ticks, TimeSpan.Zero);
            var key = (one.UserId, granularity, bucket, one.Channel);
            if (!rows.TryGetValue(key, out var row))
                rows.Add(key, row = new RollupRow(one.UserId, granularity, bucket, one.Channel));
            return row;
        }
    }
}

/// <summary>What is added to one row of <c>notification_rollups</c>.</summary>
/// <param name="UserId">Whose notifications.</param>
/// <param name="Granularity"><c>minute</c> or <c>hour</c>.</param>
/// <param name="Bucket">The minute or hour, UTC.</param>
/// <param name="Channel">The channel.</param>
internal sealed record RollupRow(Guid UserId, string Granularity, DateTimeOffset Bucket, string Channel)
{
    private static readonly Dictionary<string, Action<RollupRow, NotificationEvent>> Columns = new(StringComparer.Ordinal)
    {
        [EventKinds.Created] = (row, added) => row.Created += added.Count,
        [EventKinds.Sent] = (row, added) => row.Sent += added.Count,
        [EventKinds.Delivered] = (row, added) =>
        {
            row.Delivered += added.Count;
            row.DeliveryMs += added.DeliveryMs;
        },
        [EventKinds.Read] = (row, added) => row.Read += added.Count,
        [EventKinds.Failed] = (row, added) => row.Failed += added.Count,
        [EventKinds.Cancelled] = (row, added) => row.Cancelled += added.Count,
    };

    public long Created { get; private set; }

    public long Sent { get; private set; }

    public long Delivered { get; private set; }

    public long Read { get; private set; }

    public long Failed { get; private set; }

    public long Cancelled { get; private set; }

    /// <summary>From created to delivered, in milliseconds, over the delivered ones.</summary>
    public long DeliveryMs { get; private set; }

    /// <summary>Whether there is a column for this kind of event.</summary>
    public static bool Knows(string kind) => Columns.ContainsKey(kind);

    public void Add(NotificationEvent added)
    {
        if (!Columns.TryGetValue(added.Kind, out var add))
            throw new ArgumentException($"There is no event '{added.Kind}'.", nameof(added));
        add(this, added);
    }
}
