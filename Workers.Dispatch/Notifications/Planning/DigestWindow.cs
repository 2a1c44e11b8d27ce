using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>When a digest that an event opens is told. A pure decision.</summary>
/// <param name="DueAt">The time, unless later events move it on.</param>
/// <param name="LatestAt">How far they move it at most; where they do not, the same time.</param>
internal readonly record struct DigestWindow(DateTimeOffset DueAt, DateTimeOffset LatestAt)
{
    /// <summary>The window of an event that comes now. An event of an open digest moves its end on to
    /// <c>least(due, latest of the open one)</c>, never back.</summary>
    /// <param name="settings">The digest of its category; what is left out is 60 minutes, of sliding at most a day, and 09:00.</param>
    /// <param name="now">The time.</param>
    /// <param name="timeZone">The recipient's zone; null, or one that is not known any more, is UTC.</param>
    public static DigestWindow Of(DigestSettings settings, DateTimeOffset now, string? timeZone)
    {
        var minutes = TimeSpan.FromMinutes(settings.Minutes ?? 60);
        switch (settings.Mode)
        {
            case DigestMode.Sliding:
                var latest = now + TimeSpan.FromMinutes(settings.MaxMinutes ?? 24 * 60);
                return new(latest < now + minutes ? latest : now + minutes, latest);
            case DigestMode.Daily:
                var next = LocalTimes.Next(now, settings.At ?? new TimeOnly(9, 0), LocalTimes.FindZone(timeZone) ?? TimeZoneInfo.Utc);
                return new(next, next);
            default:
                return new(now + minutes, now + minutes);
        }
    }
}
