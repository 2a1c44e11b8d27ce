using Switchboard.Core.Notifications;

namespace Switchboard.Analytics.Worker.Events;

/// <summary>Adds facts up to the rows that they change. A pure decision.</summary>
internal static class Rollup
{
    /// <summary>
    /// One row for each user, minute and channel and one for each user, hour and channel, in the order of the table's key: two processes
    /// that write the same rows wait for each other, and never in a circle.
    /// </summary>
    /// <exception cref="ArgumentException">A fact is of a kind that there is not.</exception>
    public static IReadOnlyList<RollupRow> Of(IEnumerable<NotificationEvent> facts)
    {
        var rows = new Dictionary<(Guid, string, DateTimeOffset, string), RollupRow>();
        foreach (var fact in facts)
        {
            Add(RowOf(fact, "minute", TimeSpan.TicksPerMinute), fact);
            Add(RowOf(fact, "hour", TimeSpan.TicksPerHour), fact);
        }

        return [.. rows.Values
            .OrderBy(row => row.UserId)
            .ThenBy(row => row.Granularity, StringComparer.Ordinal)
            .ThenBy(row => row.Bucket)
            .ThenBy(row => row.Channel, StringComparer.Ordinal)];

        RollupRow RowOf(NotificationEvent fact, string granularity, long ticks)
        {
            var bucket = new DateTimeOffset(fact.Minute.UtcTicks - fact.Minute.UtcTicks % ticks, TimeSpan.Zero);
            var key = (fact.UserId, granularity, bucket, fact.Channel);
            if (!rows.TryGetValue(key, out var row))
                rows.Add(key, row = new RollupRow(fact.UserId, granularity, bucket, fact.Channel));
            return row;
        }
    }

    private static void Add(RollupRow row, NotificationEvent fact)
    {
        switch (fact.Kind)
        {
            case EventKinds.Created:
                row.Created += fact.Count;
                break;
            case EventKinds.Sent:
                row.Sent += fact.Count;
                break;
            case EventKinds.Delivered:
                row.Delivered += fact.Count;
                row.DeliveryMs += fact.DeliveryMs;
                break;
            case EventKinds.Read:
                row.Read += fact.Count;
                break;
            case EventKinds.Failed:
                row.Failed += fact.Count;
                break;
            case EventKinds.Cancelled:
                row.Cancelled += fact.Count;
                break;
            default:
                throw new ArgumentException($"There is no fact '{fact.Kind}'.", nameof(fact));
        }
    }
}
