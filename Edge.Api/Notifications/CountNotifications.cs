using FluentValidation;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>Which part of the roll-ups.</summary>
internal sealed class CountNotificationsRequest
{
    /// <summary>From this time; left out, a day before <see cref="To"/>.</summary>
    [QueryParam]
    public DateTimeOffset? From { get; set; }

    /// <summary>To this time, which is not part of it; left out, it is now.</summary>
    [QueryParam]
    public DateTimeOffset? To { get; set; }

    /// <summary>minute or hour (if left out).</summary>
    [QueryParam]
    public string? Bucket { get; set; }
}

internal sealed class CountNotificationsValidator : Validator<CountNotificationsRequest>
{
    public CountNotificationsValidator(TimeProvider timeProvider)
    {
        RuleFor(request => request.Bucket)
            .Must(bucket => bucket is null or "minute" or "hour")
            .WithMessage("It must be minute or hour.");
        RuleFor(request => request.From).Custom((_, context) =>
        {
            var span = RollupSpan.Of(context.InstanceToValidate, timeProvider.GetUtcNow());
            if (span.From >= span.To)
                context.AddFailure("It must be before to.");
            else if (span.BucketCount > RollupSpan.MaxBuckets)
                context.AddFailure($"That is more than {RollupSpan.MaxBuckets} buckets: ask for a shorter period or larger buckets.");
        });
    }
}

/// <summary>What happened within a bucket, over a channel.</summary>
/// <param name="At">When the bucket begins.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Created">Notifications that were made in it.</param>
/// <param name="Sent">… that the provider took in it.</param>
/// <param name="Delivered">… that reached their recipient in it.</param>
/// <param name="Read">… that were opened in it.</param>
/// <param name="Failed">… that were given up in it.</param>
/// <param name="Cancelled">… that were taken back in it.</param>
/// <param name="AverageDeliveryMs">From made to delivered, in milliseconds, over the delivered ones; null when there are none.</param>
internal sealed record NotificationCounts(
    DateTimeOffset At, string Channel, long Created, long Sent, long Delivered, long Read, long Failed, long Cancelled,
    double? AverageDeliveryMs);

/// <summary>The counts, oldest first; buckets in which nothing happened are left out.</summary>
internal sealed record CountNotificationsResponse(
    string Bucket, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<NotificationCounts> Items);

/// <summary><c>GET /api/analytics/notifications</c>: what became of the user's notifications, by the minute or the hour.</summary>
internal sealed class CountNotifications(ReadDatabase database, QueryMonitor queries, TimeProvider timeProvider)
    : Endpoint<CountNotificationsRequest, Ok<CountNotificationsResponse>>
{
    private const string Sql =
        """
        SELECT bucket, channel, created, sent, delivered, read, failed, cancelled,
               CASE WHEN delivered > 0 THEN delivery_ms::float8 / delivered END
        FROM notification_rollups
        WHERE user_id = $1 AND granularity = $2 AND bucket >= $3 AND bucket < $4
        ORDER BY bucket, channel
        """;

    public override void Configure()
    {
        Get("/api/analytics/notifications");
        Policies(Scope.Analytics);
        Description(endpoint => endpoint.Titled("Analytics", "Count notifications by the minute or the hour")
            .Produces<CountNotificationsResponse>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<CountNotificationsResponse>> ExecuteAsync(
        CountNotificationsRequest request, CancellationToken cancellationToken)
    {
        var span = RollupSpan.Of(request, timeProvider.GetUtcNow());
        var userId = HttpContext.Caller().UserId;
        var items = await database.ReadAsync(
            userId,
            source => queries.RunAsync(
                "notification-counts",
                source.Command(Sql, userId, span.Granularity, span.From, span.To),
                (command, ct) => command.ListAsync(Read, ct),
                cancellationToken),
            cancellationToken);
        return TypedResults.Ok(new CountNotificationsResponse(span.Granularity, span.From, span.To, items));
    }

    private static NotificationCounts Read(NpgsqlDataReader row) => new(
        row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
        row.GetInt64(6), row.GetInt64(7), row.Nullable<double>(8));
}

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
