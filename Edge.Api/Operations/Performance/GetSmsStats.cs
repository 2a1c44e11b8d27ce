using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>How SMS are doing, over all processes.</summary>
/// <param name="Texts">The SMS of the last hour, by outcome.</param>
/// <param name="Items">The enrichment items.</param>
/// <param name="Jobs">The jobs that make items.</param>
/// <param name="Webhook">The requests to the webhook of SMS.</param>
/// <param name="Processes">The processes that reported within the last 10 s.</param>
internal sealed record SmsStats(
    SmsOutcomes Texts, ItemStats Items, IReadOnlyList<JobTypeStats> Jobs, WebhookSums Webhook, IReadOnlyList<RunningProcess> Processes);

/// <summary>SMS by outcome.</summary>
/// <param name="LastHour">Those that were processed in the last hour.</param>
internal sealed record SmsOutcomes(SmsCounts LastHour);

/// <summary>Enrichment items.</summary>
/// <param name="Pending">Those on which no work has begun.</param>
/// <param name="Processing">Those that are being worked on.</param>
/// <param name="OldestPendingSeconds">How long the oldest of both has waited; null when there is none.</param>
/// <param name="LastHour">Those made in the last hour, by their status now.</param>
internal sealed record ItemStats(long Pending, long Processing, double? OldestPendingSeconds, ItemCounts LastHour);

/// <summary>A process that runs.</summary>
internal sealed record RunningProcess(
    string Service, Guid ProcessId, DateTimeOffset SeenAt, DateTimeOffset? StartedAt, double? UptimeSeconds,
    long? WorkingSetBytes, long? PeakWorkingSetBytes);

/// <summary><c>GET /api/sms/performance/stats</c>.</summary>
internal sealed class GetSmsStats(NpgsqlDataSource dataSource, ProcessReports reports, JobStats jobs, TimeProvider timeProvider)
    : EndpointWithoutRequest<Ok<SmsStats>>
{
    private static readonly string[] JobNames = [EnrichMessage.Type.Name, EnrichMedia.Type.Name];

    public override void Configure()
    {
        Get("/api/sms/performance/stats");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint
            .Titled("SMS", "Count SMS, their items and jobs, and how fast they are accepted, over all processes")
            .Produces<SmsStats>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<SmsStats>> ExecuteAsync(CancellationToken ct)
    {
        var now = timeProvider.GetUtcNow();
        var processes = await reports.ReadAsync(ct);
        var tables = await CountSms.ExecuteAsync(dataSource, now.AddHours(-1), ct);
        var types = await jobs.GetAsync(ct);
        return TypedResults.Ok(new SmsStats(
            new SmsOutcomes(tables.Texts),
            new(tables.Pending, tables.Processing, Seconds(now - tables.OldestOpenAt), tables.Items),
            [.. types.Where(type => JobNames.Contains(type.Type))],
            WebhookSums.Of(processes),
            [.. processes.Select(process => Running(process, now))]));
    }

    private static RunningProcess Running(ProcessReport report, DateTimeOffset now)
    {
        var stats = report.Find<ProcessStats>();
        return new(
            report.Service, report.ProcessId, report.SeenAt, stats?.StartedAt, Seconds(now - stats?.StartedAt),
            stats?.WorkingSetBytes, stats?.PeakWorkingSetBytes);
    }

    private static double? Seconds(TimeSpan? time) => time is { } span ? Math.Round(Math.Max(0, span.TotalSeconds), 1) : null;
}

/// <summary>SMS that were processed, by outcome.</summary>
/// <param name="Accepted">Became items.</param>
/// <param name="Refused">Were over their number's hourly limit.</param>
/// <param name="Unverified">Came from a number that was linked and not verified.</param>
/// <param name="Unknown">Came from a number that is not linked.</param>
internal sealed record SmsCounts(long Accepted, long Refused, long Unverified, long Unknown);

/// <summary>Items, by their status.</summary>
internal sealed record ItemCounts(long Pending, long Processing, long Completed, long Failed);

/// <summary>The counts of the tables of SMS.</summary>
/// <param name="Texts">The SMS of the last hour.</param>
/// <param name="Items">The items of the last hour.</param>
/// <param name="Pending">Items of any age on which no work has begun.</param>
/// <param name="Processing">Items of any age that are being worked on.</param>
/// <param name="OldestOpenAt">When the oldest of both was made.</param>
internal sealed record SmsTables(SmsCounts Texts, ItemCounts Items, long Pending, long Processing, DateTimeOffset? OldestOpenAt);

/// <summary>Counts SMS and items of all users, each by the index that 0006_texts.sql has for it.</summary>
internal static class CountSms
{
    // idx_sms_messages_processed, idx_enrichment_items_created_at, idx_enrichment_items_pending
    private const string Sql =
        """
        SELECT texts.accepted, texts.refused, texts.unverified, texts.unknown,
               items.pending, items.processing, items.completed, items.failed,
               open.pending, open.processing, open.oldest
        FROM (
            SELECT count(*) FILTER (WHERE outcome = 'accepted') AS accepted, count(*) FILTER (WHERE outcome = 'refused') AS refused,
                   count(*) FILTER (WHERE outcome = 'unverified') AS unverified, count(*) FILTER (WHERE outcome = 'unknown') AS unknown
            FROM sms_messages WHERE processed_at >= $1
        ) texts, (
            SELECT count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'processing') AS processing,
                   count(*) FILTER (WHERE status = 'completed') AS completed, count(*) FILTER (WHERE status = 'failed') AS failed
            FROM enrichment_items WHERE created_at >= $1
        ) items, (
            SELECT count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'processing') AS processing,
                   min(created_at) AS oldest
            FROM enrichment_items WHERE status IN ('pending', 'processing')
        ) open
        """;

    /// <summary>Counts what there is since then.</summary>
    public static async Task<SmsTables> ExecuteAsync(
        NpgsqlDataSource dataSource, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await dataSource.Command(Sql, since).FirstAsync(Read, cancellationToken))!;

    private static SmsTables Read(NpgsqlDataReader row) => new(
        new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
        new(row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)),
        row.GetInt64(8), row.GetInt64(9), row.Nullable<DateTimeOffset>(10));
}
