using System.Globalization;
using System.Text.Json;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>How long an account is to send nothing, as the headers of its platform's answers say.</summary>
internal static class RateHeaders
{
    /// <summary>The longest wait that is believed: platforms count days.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(1);

    // Meta slows callers down as they near 100 %
    private const double HighUsage = 90;
    private static readonly TimeSpan SlowDown = TimeSpan.FromMinutes(1);

    /// <summary>The <c>Retry-After</c> header.</summary>
    public static TimeSpan? RetryAfter(PlatformAnswer answer) =>
        answer.Header("Retry-After") is { } value ? RetryAfterHeader.Parse(value, answer.At, Longest) : null;

    /// <summary>X: what is spent of the endpoint's window, of the user's day and of the application's.</summary>
    public static TimeSpan? OfX(PlatformAnswer answer) => Later(
        Spent(answer, "x-rate-limit-remaining", "x-rate-limit-reset", isRefused: answer.Status == 429),
        Later(
            Spent(answer, "x-user-limit-24hour-remaining", "x-user-limit-24hour-reset"),
            Spent(answer, "x-app-limit-24hour-remaining", "x-app-limit-24hour-reset")));

    /// <summary>Mastodon; the reset is a timestamp.</summary>
    public static TimeSpan? OfMastodon(PlatformAnswer answer) =>
        Spent(answer, "X-RateLimit-Remaining", "X-RateLimit-Reset", isRefused: answer.Status == 429);

    /// <summary>Bluesky; the reset is in epoch seconds.</summary>
    public static TimeSpan? OfBluesky(PlatformAnswer answer) =>
        Spent(answer, "RateLimit-Remaining", "RateLimit-Reset", isRefused: answer.Status == 429);

    /// <summary>Facebook and Instagram: percentages of what the application and the page or account may use.</summary>
    public static TimeSpan? OfMeta(PlatformAnswer answer)
    {
        TimeSpan? wait = null;
        foreach (var name in (string[])["X-App-Usage", "X-Business-Use-Case-Usage", "X-Page-Usage"])
        {
            if (answer.Header(name) is not { } value)
                continue;
            try
            {
                using var usage = JsonDocument.Parse(value);
                wait = Later(wait, OfUsage(usage.RootElement));
            }
            catch (JsonException)
            {
                // a header that says nothing is none
            }
        }

        return wait;
    }

    /// <summary>Until a day of UTC begins: LinkedIn's limits count from there.</summary>
    public static TimeSpan UntilMidnight(DateTimeOffset now) => new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero) - now;

    // {"call_count", "total_time", "total_cputime"}; of business use cases {"id": [{…, "estimated_time_to_regain_access": minutes}]}
    private static TimeSpan? OfUsage(JsonElement usage)
    {
        switch (usage.ValueKind)
        {
            case JsonValueKind.Array:
                return usage.EnumerateArray().Aggregate((TimeSpan?)null, (wait, one) => Later(wait, OfUsage(one)));
            case JsonValueKind.Object:
                var wait = usage.EnumerateObject().Where(one => one.Value.ValueKind is JsonValueKind.Array)
                    .Aggregate((TimeSpan?)null, (wait, one) => Later(wait, OfUsage(one.Value)));
                var blocked = NumberOf(usage, "estimated_time_to_regain_access");
                var used = ((string[])["call_count", "total_time", "total_cputime"]).Max(name => NumberOf(usage, name));
                return blocked > 0 ? Later(wait, Believed(TimeSpan.FromMinutes(Math.Min(blocked, Longest.TotalMinutes))))
                    : used > HighUsage ? Later(wait, SlowDown)
                    : wait;
            default:
                return null;
        }
    }

    private static double NumberOf(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    private static TimeSpan? Spent(PlatformAnswer answer, string remaining, string reset, bool isRefused = false) =>
        isRefused || (int.TryParse(answer.Header(remaining), CultureInfo.InvariantCulture, out var left) && left <= 0)
            ? Until(answer.Header(reset), answer.At)
            : null;

    private static TimeSpan? Until(string? reset, DateTimeOffset now)
    {
        if (long.TryParse(reset, CultureInfo.InvariantCulture, out var seconds))
            return seconds is > 0 and < 253_402_300_800 ? Believed(DateTimeOffset.FromUnixTimeSeconds(seconds) - now) : null;
        return DateTimeOffset.TryParse(reset, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? Believed(at - now)
            : null;
    }

    private static TimeSpan? Believed(TimeSpan wait) => wait <= TimeSpan.Zero ? null : wait < Longest ? wait : Longest;

    private static TimeSpan? Later(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other : one;
}
