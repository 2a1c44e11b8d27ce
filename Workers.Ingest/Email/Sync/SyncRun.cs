using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Goes on with a sync for some seconds, round by round: the next page of each partition is read while those before are recorded. A round
/// counts once, when its cursors are moved after its mails are safe; whatever dies before that reads the round again, and records nothing
/// twice.
/// </summary>
internal sealed class SyncRun(
    SyncRunStore syncs,
    BatchRecorder recorder,
    TableStatistics statistics,
    IOptions<SyncOptions> options,
    TimeProvider timeProvider,
    IngestMetrics metrics)
{
    // some thousand mails
    private const int RoundsBetweenAnalyses = 4;

    /// <summary>Goes on with a sync.</summary>
    /// <returns>Whether there is more to do.</returns>
    /// <exception cref="ProviderException">There is no page to be had.</exception>
    public async Task<SyncProgress> GoOnAsync(MailSync sync, MailAccount account, IMailSource source, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        if (sync.Cursors is not { } cursors)
        {
            var plan = await source.PlanAsync(account, sync.Since, cancellationToken);
            // read again: another job may have planned it
            if (!await syncs.BeginAsync(sync.Id, plan, cancellationToken))
                return SyncProgress.Over;
            return await syncs.FindAsync(sync.Id, cancellationToken) is { IsToGoOn: true, Cursors: not null } planned
                ? await RoundsAsync(planned, planned.Cursors, account, source, begun, cancellationToken)
                : SyncProgress.Over;
        }

        return sync.State == "running" || await syncs.BeginAsync(sync.Id, plan: null, cancellationToken)
            ? await RoundsAsync(sync, cursors, account, source, begun, cancellationToken)
            : SyncProgress.Over;
    }

    private async Task<SyncProgress> RoundsAsync(
        MailSync sync, SyncCursors cursors, MailAccount account, IMailSource source, long begun, CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromSeconds(options.Value.RunSeconds);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(cursors);
        var analysing = Task.CompletedTask;
        try
        {
            for (var rounds = 1; ; rounds++)
            {
                var round = await reading;
                var ahead = cursors.After(round);
                var isLast = ahead.IsDone || round.Failure is not null || timeProvider.GetElapsedTime(begun) >= longest;
                reading = isLast ? Task.FromResult(round) : ReadAsync(ahead);
                if (await RecordAsync(sync, account, cursors, round, cancellationToken) is not { IsDone: false } moved)
                    return SyncProgress.Over;
                if (isLast)
                    return new(IsOver: false, round.Failure);
                if (rounds % RoundsBetweenAnalyses == 0 && analysing.IsCompleted)
                    analysing = statistics.AnalyseGrownAsync(cancellationToken);
                cursors = moved;
            }
        }
        finally
        {
            // what was read ahead in vain does not outlive the run, and its failure is nobody's
            await ended.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await analysing;
        }

        Task<SyncRound> ReadAsync(SyncCursors from) => source.ReadAsync(account, from, sync.BatchSize, ended.Token);
    }

    // null when the sync is not ours to go on with any more
    private async Task<SyncCursors?> RecordAsync(
        MailSync sync, MailAccount account, SyncCursors cursors, SyncRound round, CancellationToken cancellationToken)
    {
        var unrecorded = await recorder.RecordAsync(account.Tracked, [.. round.Pages.SelectMany(page => page.Mails)], cancellationToken);
        var moved = cursors.After(round, unrecorded.Select(mail => mail.ProviderId).ToHashSet());
        var failed = round.Pages.SelectMany(page => page.Failed).Concat(unrecorded).ToArray();
        if (!await syncs.MoveAsync(sync.Id, cursors, moved, failed, cancellationToken))
            return null;
        metrics.PagesRead(round.Pages.Count);
        return moved;
    }
}

/// <summary>What came of a run of a sync.</summary>
/// <param name="IsOver">Whether there is nothing more for this job to do: it is complete, was stopped, or is another job's.</param>
/// <param name="Failure">Why the provider gives no more at the moment.</param>
internal sealed record SyncProgress(bool IsOver, ProviderFailure? Failure)
{
    public static SyncProgress Over { get; } = new(IsOver: true, Failure: null);
}
