using System.Globalization;
using System.Net.Http.Headers;

namespace Switchboard.Core.Providers;

/// <summary>
/// Reads <c>Retry-After</c> (RFC 9110, 10.2.3): seconds, fractions of them too, or a date in any of the three forms. What a
/// provider says is capped: a header of <c>2147483647</c> must not park a message for 68 years.
/// </summary>
public static class RetryAfterHeader
{
    private const string Name = "Retry-After";

    // RFC 9110, 5.6.7: the form that is sent, and the two obsolete ones
    private static readonly string[] Dates = ["r", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];

    /// <summary>The longest wait that is believed, unless the caller names another.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromHours(1);

    /// <summary>How long to wait from now on; null without the header, when it cannot be read, or when the time is over.</summary>
    /// <param name="headers">The headers of the answer.</param>
    /// <param name="timeProvider">The clock, for dates.</param>
    /// <param name="longest">The longest wait that is believed; null for <see cref="Longest"/>.</param>
    public static TimeSpan? Read(HttpResponseHeaders headers, TimeProvider timeProvider, TimeSpan? longest = null)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(timeProvider);

        // not headers.RetryAfter: it knows whole seconds of an int alone
        return headers.NonValidated.TryGetValues(Name, out var values) && values.FirstOrDefault() is { } value
            ? Parse(value, timeProvider.GetUtcNow(), longest ?? Longest)
            : null;
    }

    /// <summary>The same of the header's text.</summary>
    /// <param name="value">The text.</param>
    /// <param name="now">The time.</param>
    /// <param name="longest">The longest wait that is believed.</param>
    public static TimeSpan? Parse(string value, DateTimeOffset now, TimeSpan longest)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = value.Trim();
        double seconds;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            seconds = number;
        else if (DateTimeOffset.TryParseExact(
            text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite, out var date))
            seconds = (date - now).TotalSeconds;
        else
            return null;
        return seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, longest.TotalSeconds)) : null;
    }
}
