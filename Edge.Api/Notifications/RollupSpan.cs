namespace Switchboard.Edge.Api.Notifications;

/// <summary>Which buckets of which size a request is about.</summary>
internal sealed record RollupSpan(string Granularity, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>The most buckets of one answer: a day by the minute, two months by the hour.</summary>
    public const int MaxBuckets = 1_500;

    /// <summary>How many buckets there are at most.</summary>
    public double BucketCount => Math.Ceiling((To - From) / BucketLength(Granularity));

    /// <summary>The span of a request, with what it leaves out; a bucket that has begun before <c>from</c> is part of it.</summary>
    public static RollupSpan Of(CountNotificationsRequest request, DateTimeOffset now)
    {
        var granularity = request.Bucket ?? "hour";
        var length = BucketLength(granularity).Ticks;
        var to = (request.To ?? now).ToUniversalTime();
        var from = (request.From ?? to.AddDays(-1)).ToUniversalTime();
        return new(granularity, new(from.Ticks - from.Ticks % length, TimeSpan.Zero), to);
    }

    private static TimeSpan BucketLength(string granularity) => granularity == "minute" ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1);
}
