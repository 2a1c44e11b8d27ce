using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>How texts are doing, over all processes.</summary>
/// <param name="Texts">By what became of them, of the last hour.</param>
/// <param name="Items">What is made of texts.</param>
/// <param name="Jobs">The jobs that make it.</param>
/// <param name="Webhook">How texts are taken.</param>
/// <param name="Processes">Who reported within the last 10 s.</param>
internal sealed record SmsStats(
    TextOutcomes Texts, ItemStats Items, IReadOnlyList<JobTypeStats> Jobs, WebhookSums Webhook, IReadOnlyList<RunningProcess> Processes);

/// <summary>Texts.</summary>
/// <param name="LastHour">Those that were dealt with in the last hour.</param>
internal sealed record TextOutcomes(TextCounts LastHour);

/// <summary>Items.</summary>
/// <param name="Pending">Those that nobody has begun with.</param>
/// <param name="Processing">Those that are being worked on.</param>
/// <param name="OldestPendingSeconds">How long the oldest of both has waited; null when there is none.</param>
/// <param name="LastHour">Those made in the last hour, by their status now.</param>
internal sealed record ItemStats(long Pending, long Processing, double? OldestPendingSeconds, ItemCounts LastHour);

/// <summary>A process that runs.</summary>
internal sealed record RunningProcess(
    string Service, Guid ProcessId, DateTimeOffset SeenAt, DateTimeOffset? StartedAt, double? UptimeSeconds,
    long? WorkingSetBytes, long? PeakWorkingSetBytes);

/// <summary><c>GET /api/sms/performance/stats</c>.</summary>
internal sealed class GetSmsStats(NpgsqlDataSource database, ProcessReports reports, JobStats jobs, TimeProvider clock)
    : EndpointWithoutRequest<Ok<SmsStats>>
{
    private static readonly string[] JobNames = [EnrichMessage.Type.Name, EnrichMedia.Type.Name];

    public override void Configure()
    {
        Get("/api/sms/performance/stats");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Texts", "Count texts, their items and jobs, and how fast they are taken, over all processes")
            .Produces<SmsStats>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<SmsStats>> ExecuteAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var processes = await reports.ReadAsync(ct);
        var tables = await CountSms.ExecuteAsync(database, now.AddHours(-1), ct);
        var types = await jobs.GetAsync(ct);
        return TypedResults.Ok(new SmsStats(
            new TextOutcomes(tables.Texts),
            new(tables.Pending, tables.Processing, Seconds(now - tables.OldestOpenAt), tables.Items),
            [.. types.Where(type => JobNames.Contains(type.Type))],
            WebhookSums.Of(processes),
            [.. processes.Select(process => Running(process, now))]));
    }

    private static RunningProcess Running(ProcessReport report, DateTimeOffset now)
    {
        var figures = report.Find<ProcessStats>();
        return new(
            report.Service, report.ProcessId, report.SeenAt, figures?.StartedAt, Seconds(now - figures?.StartedAt),
            figures?.WorkingSetBytes, figures?.PeakWorkingSetBytes);
    }

    private static double? Seconds(TimeSpan? time) => time is { } span ? Math.Round(Math.Max(0, span.TotalSeconds), 1) : null;
}
