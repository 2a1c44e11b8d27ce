using System.Text.RegularExpressions;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>
/// Local times of a zone as instants, right where its clocks change: a time that does not exist (02:30 when they go forward) is the instant
/// of the change, at which they show it or a later one; of one that comes twice (01:30 when they go back) there are a first and a last.
/// </summary>
public static partial class LocalTimes
{
    // no zone is or was further from UTC than this (15:13 hours in the database of IANA)
    private static readonly TimeSpan Furthest = TimeSpan.FromHours(16);

    // next to the zones there are, in the same folders: whatever the machine is set to, and zones with leap seconds
    private static readonly string[] NoZones = ["localtime", "posixrules", "Factory", "posix", "right"];

    /// <summary>The zone of that name in the database of IANA, written as it is there; null if there is none.</summary>
    public static TimeZoneInfo? FindZone(string? id) =>
        id is { Length: <= 64 } && ZoneName().IsMatch(id) && !NoZones.Contains(id.Split('/')[0])
        && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;

    /// <summary>When the clocks show this time first, or one after it where they leave it out.</summary>
    public static DateTimeOffset First(DateTime local, TimeZoneInfo zone) => Of(local, zone).First;

    /// <summary>When the clocks show this time last, or one after it where they leave it out.</summary>
    public static DateTimeOffset Last(DateTime local, TimeZoneInfo zone) => Of(local, zone).Last;

    /// <summary>When the clocks show this time of the day for the first time on a day, after an instant.</summary>
    public static DateTimeOffset Next(DateTimeOffset after, TimeOnly time, TimeZoneInfo zone)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).DateTime);
        for (var at = First(day.ToDateTime(time), zone); ; at = First(day.ToDateTime(time), zone))
        {
            if (at > after)
                return at;
            day = day.AddDays(1);
        }
    }

    private static (DateTimeOffset First, DateTimeOffset Last) Of(DateTime local, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        // by offsets alone, which hold for changes of every kind: those for summer and those that a government made once
        var asIfUtc = new DateTimeOffset(local.Ticks, TimeSpan.Zero);
        var (before, after) = (zone.GetUtcOffset(asIfUtc - Furthest), zone.GetUtcOffset(asIfUtc + Furthest));
        var (earlier, later) = (asIfUtc - Max(before, after), asIfUtc - Min(before, after));
        var isEarlier = Shows(earlier, local, zone);
        var isLater = Shows(later, local, zone);
        if (isEarlier || isLater)
            return (isEarlier ? earlier : later, isLater ? later : earlier);

        // the change is after the earlier one, which shows less, and not after the later one, which shows more; it is at a whole second
        var (low, high) = (earlier.ToUnixTimeSeconds(), later.ToUnixTimeSeconds());
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(middle), zone).DateTime < local)
                low = middle;
            else
                high = middle;
        }

        var change = DateTimeOffset.FromUnixTimeSeconds(high);
        return (change, change);
    }

    private static bool Shows(DateTimeOffset at, DateTime local, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).DateTime == local;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ZoneName();
}
