namespace Switchboard.Core.Email;

/// <summary>Counts days from Monday to Friday, where somebody lives.</summary>
public static class WorkingDays
{
    /// <summary>
    /// The same time of day, so many working days later. From a Saturday or Sunday the first one is Monday. A time of day that a change
    /// of clocks leaves out becomes the next one that there is.
    /// </summary>
    /// <param name="from">From when.</param>
    /// <param name="days">How many, at least 1.</param>
    /// <param name="zone">Whose days.</param>
    public static DateTimeOffset Add(DateTimeOffset from, int days, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        var local = TimeZoneInfo.ConvertTime(from, zone).DateTime;
        for (var left = days; left > 0;)
        {
            local = local.AddDays(1);
            if (local.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                left--;
        }

        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
