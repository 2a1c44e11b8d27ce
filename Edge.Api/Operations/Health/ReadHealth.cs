using Switchboard.Core.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Operations.Performance;

namespace Switchboard.Edge.Api.Operations.Health;

/// <summary>Gathers what health is judged by, within 2 s: what does not answer by then is unavailable.</summary>
internal sealed class ReadHealth(
    NpgsqlDataSource dataSource, ProcessReports reports, JobStats jobs, FeatureRollout rollout, TimeProvider timeProvider)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Everything.</summary>
    public async Task<HealthReading> AllAsync(CancellationToken cancellationToken)
    {
        var ready = ReadyAsync(cancellationToken);
        var read = await TimeBoxedQuery.ReadAsync(TablesAsync, timeProvider, cancellationToken);
        return new(
            read?.Reports ?? [reports.Own()], read?.Tables, await ready,
            await rollout.IsOnAsync(Feature.QueryCaching, accountId: null),
            await rollout.IsOnAsync(Feature.RateLimitCaching, accountId: null));
    }

    /// <summary>Whether the database answers.</summary>
    public async Task<bool> IsDatabaseThereAsync(CancellationToken cancellationToken) =>
        await TimeBoxedQuery.ReadAsync(PingAsync, timeProvider, cancellationToken) is not null;

    private async Task<Read> TablesAsync(CancellationToken cancellationToken)
    {
        var all = await reports.ReadAsync(cancellationToken);
        var waiting = await WaitingJobs.ReadAsync(dataSource, cancellationToken);
        return new(all, new(waiting, await WebhookJobs.PerMinuteAsync(dataSource, timeProvider.GetUtcNow(), cancellationToken)));
    }

    private async Task<object> PingAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT 1");
        return (await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<long?> ReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await jobs.ReadyAsync([ReadGraphChanges.Type, SyncEmails.Type], either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed record Read(IReadOnlyList<ProcessReport> Reports, HealthTables Tables);
}

/// <summary>All that health is judged by.</summary>
/// <param name="Reports">What processes say of themselves: without the database, this one alone.</param>
/// <param name="Tables">What the database says; null when it is unavailable.</param>
/// <param name="Ready">Messages in the queues of mail tracking; null while the broker is unavailable.</param>
/// <param name="IsCaching">Whether results of queries are cached for all users.</param>
/// <param name="IsLimitLocal">Whether limits of calls are kept in the processes for all users.</param>
internal sealed record HealthReading(
    IReadOnlyList<ProcessReport> Reports, HealthTables? Tables, long? Ready, bool IsCaching, bool IsLimitLocal);

/// <summary>What the database says.</summary>
/// <param name="Waiting">Jobs that wait, by priority.</param>
/// <param name="WebhookJobsPerMinute">Jobs of the webhook that are done.</param>
internal sealed record HealthTables(IReadOnlyList<WaitingJobs> Waiting, double WebhookJobsPerMinute);
