using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Switchboard.Edge.Api.Email.Accounts;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>Which stats are asked for.</summary>
/// <param name="Accounts">Of which accounts, together.</param>
/// <param name="Span">Over which time.</param>
internal sealed record StatsQuery(OwnedAccounts Accounts, StatsSpan Span)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "email-analytics";

    /// <summary>Under which its answer is kept: another one as soon as something of one of the accounts has changed.</summary>
    public string CacheKey() => $"{CacheNamespace}:{Base64Url.EncodeToString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)))}";
}

/// <summary>The time of the stats, and the size of their buckets.</summary>
/// <param name="From">Mails sent then or later.</param>
/// <param name="To">Mails sent before.</param>
/// <param name="Bucket">hour, day, week or month, all UTC.</param>
internal sealed record StatsSpan(DateTimeOffset From, DateTimeOffset To, string Bucket)
{
    public const int MaxBuckets = 10_000;
    public const int MaxYears = 5;
    public static readonly string[] Buckets = ["hour", "day", "week", "month"];

    private static readonly TimeSpan DefaultLength = TimeSpan.FromDays(30);

    /// <summary>Whether it is longer than is counted at once.</summary>
    public bool IsTooLong => From.Year + MaxYears <= DateTimeOffset.MaxValue.Year && To > From.AddYears(MaxYears);

    /// <summary>How many buckets there are at most.</summary>
    public double BucketCount => Math.Ceiling((To - From) / (Bucket switch
    {
        "hour" => TimeSpan.FromHours(1),
        "day" => TimeSpan.FromDays(1),
        "week" => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(28),
    }));

    /// <summary>
    /// The span that is meant. What ends now ends with the minute, so that all requests within it are for the same, and nothing that was
    /// sent until now is left out.
    /// </summary>
    public static StatsSpan Of(DateTimeOffset? from, DateTimeOffset? to, string? bucket, DateTimeOffset now)
    {
        var end = to?.ToUniversalTime() ?? EndOfMinute(now);
        var begin = from?.ToUniversalTime() ?? (end.UtcTicks > DefaultLength.Ticks ? end - DefaultLength : DateTimeOffset.MinValue);
        return new(begin, end, bucket ?? "day");
    }

    private static DateTimeOffset EndOfMinute(DateTimeOffset now) =>
        new(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMinute + TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
