using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Operations.Performance;

namespace Switchboard.Edge.Api.Operations.Health;

/// <summary>Gathers what health is judged by, within 2 s: who does not answer by then is away.</summary>
internal sealed class ReadHealth(
    NpgsqlDataSource database, ProcessReports reports, JobStats jobs, FeatureRollout rollout, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Everything.</summary>
    public async Task<HealthReading> AllAsync(CancellationToken cancellation)
    {
        var ready = ReadyAsync(cancellation);
        var read = await TimeBoxedQuery.ReadAsync(TablesAsync, clock, cancellation);
        return new(
            read?.Reports ?? [reports.Own()], read?.Tables, await ready,
            await rollout.IsOnAsync(Feature.QueryCaching, accountId: null), await rollout.IsOnAsync(Feature.RateLimitCaching, accountId: null));
    }

    /// <summary>Whether the database answers.</summary>
    public async Task<bool> IsDatabaseThereAsync(CancellationToken cancellation) =>
        await TimeBoxedQuery.ReadAsync(PingAsync, clock, cancellation) is not null;

    private async Task<Read> TablesAsync(CancellationToken cancellation)
    {
        var all = await reports.ReadAsync(cancellation);
        var waiting = await WaitingJobs.ReadAsync(database, cancellation);
        return new(all, new(waiting, await WebhookJobs.PerMinuteAsync(database, clock.GetUtcNow(), cancellation)));
    }

    private async Task<object> PingAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT 1");
        return (await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<long?> ReadyAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await jobs.ReadyAsync([ReadGraphChanges.Type, SyncEmails.Type], either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed record Read(IReadOnlyList<ProcessReport> Reports, HealthTables Tables);
}
