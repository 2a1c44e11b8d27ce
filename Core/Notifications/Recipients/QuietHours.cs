using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>A time of the day in which a recipient is left alone.</summary>
/// <param name="Days">The days on which it begins, 1 for Monday to 7 for Sunday.</param>
/// <param name="From">When it begins, in the recipient's zone.</param>
/// <param name="To">When it ends: on the next day if that is not after its begin. The same time is a whole day.</param>
public sealed record QuietWindow(
    IReadOnlyList<int> Days,
    [property: JsonConverter(typeof(MinuteConverter))] TimeOnly From,
    [property: JsonConverter(typeof(MinuteConverter))] TimeOnly To);

/// <summary>
/// When quiet hours end. A window belongs to the day on which it begins, also after midnight: of the 5th day from 22:00 to 07:00 is Friday
/// night until Saturday, 07:00. Where the clocks change it begins when they show its begin first, and ends when they show its end last, so
/// that it ends once and never early; a time that they leave out is the instant of the change.
/// </summary>
public static class QuietHours
{
    private const int MinutesOfWeek = 7 * 24 * 60;

    /// <summary>When the quiet hours end that an instant is in, with those that follow without a break; null when it is in none.</summary>
    public static DateTimeOffset? Until(IReadOnlyList<QuietWindow> windows, DateTimeOffset now, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Count == 0)
            return null;

        DateTimeOffset? until = null;
        while (EndAt(windows, until ?? now, zone) is { } end)
        {
            until = end;
            // only of windows that leave nothing out, which are refused where they are set
            if (end - now > TimeSpan.FromDays(15))
                break;
        }

        return until;
    }

    /// <summary>Whether windows leave no minute of a week to anybody.</summary>
    public static bool LeaveNothing(IReadOnlyList<QuietWindow> windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        var quiet = new bool[MinutesOfWeek];
        foreach (var (window, day) in windows.SelectMany(window => window.Days.Select(day => (window, day))))
        {
            var begin = ((day - 1) * 24 * 60) + MinuteOf(window.From);
            for (var minute = begin; minute < begin + LengthOf(window); minute++)
                quiet[minute % MinutesOfWeek] = true;
        }

        return !quiet.Contains(false);
    }

    // the last end of the windows that it is in
    private static DateTimeOffset? EndAt(IReadOnlyList<QuietWindow> windows, DateTimeOffset at, TimeZoneInfo zone)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
        DateTimeOffset? last = null;
        // one of the day before, two where a zone left out a day; one of the next where clocks went back over midnight
        for (var day = today.AddDays(-2); day <= today.AddDays(1); day = day.AddDays(1))
        {
            var weekday = day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek;
            foreach (var window in windows)
            {
                if (!window.Days.Contains(weekday) || LocalTimes.First(day.ToDateTime(window.From), zone) > at)
                    continue;
                var end = LocalTimes.Last(day.AddDays(window.To <= window.From ? 1 : 0).ToDateTime(window.To), zone);
                if (end > at && (last is null || end > last))
                    last = end;
            }
        }

        return last;
    }

    private static int LengthOf(QuietWindow window)
    {
        var length = MinuteOf(window.To) - MinuteOf(window.From);
        return length > 0 ? length : length + (24 * 60);
    }

    private static int MinuteOf(TimeOnly time) => (time.Hour * 60) + time.Minute;
}

/// <summary>A time of the day as <c>22:00</c>.</summary>
public sealed class MinuteConverter : JsonConverter<TimeOnly>
{
    private const string Format = "HH:mm";

    /// <inheritdoc/>
    public override TimeOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
        && TimeOnly.TryParseExact(reader.GetString(), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new JsonException("It must be a time of the day such as 22:00.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeOnly value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString(Format, CultureInfo.InvariantCulture));
    }
}
