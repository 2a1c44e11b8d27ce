using Microsoft.Extensions.Options;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Goes on with a sync for some seconds, round by round: the next page of each lane is read while those before are recorded. A round
/// counts once, when its cursors are moved after its mails are safe; whatever dies before that reads the round again, and records nothing twice.
/// </summary>
internal sealed class SyncRun(
    MailSyncs syncs,
    BatchRecorder recorder,
    TableStatistics statistics,
    IOptions<SyncOptions> options,
    TimeProvider time,
    IngestMetrics metrics)
{
    // some thousand mails
    private const int RoundsBetweenCounts = 4;

    /// <summary>Goes on with a sync.</summary>
    /// <returns>Whether there is more to do.</returns>
    /// <exception cref="Exception">One that <see cref="ProviderFault.Of"/> knows, when there is no page to be had.</exception>
    public async Task<SyncProgress> GoOnAsync(MailSync sync, MailAccount account, IMailSource source, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        if (sync.Cursors is not { } cursors)
        {
            var plan = await source.PlanAsync(account, sync.Since, cancellation);
            // read again: another job may have planned it
            if (!await syncs.BeginAsync(sync.Id, plan, cancellation))
                return SyncProgress.Over;
            return await syncs.FindAsync(sync.Id, cancellation) is { IsToGoOn: true, Cursors: not null } planned
                ? await RoundsAsync(planned, planned.Cursors, account, source, begun, cancellation)
                : SyncProgress.Over;
        }

        return sync.State == "running" || await syncs.BeginAsync(sync.Id, plan: null, cancellation)
            ? await RoundsAsync(sync, cursors, account, source, begun, cancellation)
            : SyncProgress.Over;
    }

    private async Task<SyncProgress> RoundsAsync(
        MailSync sync, SyncCursors cursors, MailAccount account, IMailSource source, long begun, CancellationToken cancellation)
    {
        var turn = TimeSpan.FromSeconds(options.Value.TurnSeconds);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = ReadAsync(cursors);
        try
        {
            for (var rounds = 1; ; rounds++)
            {
                var round = await reading;
                var ahead = cursors.After(round);
                var isLast = ahead.IsDone || round.Fault is not null || time.GetElapsedTime(begun) >= turn;
                reading = isLast ? Task.FromResult(round) : ReadAsync(ahead);
                if (await RecordAsync(sync, account, cursors, round, cancellation) is not { IsDone: false } moved)
                    return SyncProgress.Over;
                if (isLast)
                    return new(IsOver: false, round.Fault);
                if (rounds % RoundsBetweenCounts == 0)
                    await statistics.KeepAsync(cancellation);
                cursors = moved;
            }
        }
        finally
        {
            // what was read ahead in vain does not outlive the turn, and its failure is nobody's
            await ended.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Task<SyncRound> ReadAsync(SyncCursors from) => source.ReadAsync(account, from, sync.BatchSize, ended.Token);
    }

    // null when the sync is not ours to go on with any more
    private async Task<SyncCursors?> RecordAsync(
        MailSync sync, MailAccount account, SyncCursors cursors, SyncRound round, CancellationToken cancellation)
    {
        var unrecorded = await recorder.RecordAsync(account.Tracked, [.. round.Pages.SelectMany(page => page.Mails)], cancellation);
        var moved = cursors.After(round, unrecorded.Select(mail => mail.ProviderId).ToHashSet());
        var failed = round.Pages.SelectMany(page => page.Failed).Concat(unrecorded).ToArray();
        if (!await syncs.MoveAsync(sync.Id, cursors, moved, failed, cancellation))
            return null;
        metrics.PagesRead(round.Pages.Count);
        return moved;
    }
}
