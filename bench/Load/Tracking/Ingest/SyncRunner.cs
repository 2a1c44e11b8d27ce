using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.Ingest;

/// <summary>Syncs accounts, all at the same time, and watches their progress.</summary>
internal sealed class SyncRunner(ApiClient edge, LoadUser user, int batchSize, TimeSpan patience, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How often progress of a running sync was seen.</summary>
    public int ProgressSeen { get; private set; }

    /// <summary>Starts the syncs and waits until all are finished, or none has progressed within the patience.</summary>
    /// <returns>Their last known states.</returns>
    public async Task<IReadOnlyList<SyncState>> RunAsync(
        IReadOnlyList<EmailAccount> accounts, Action<double> progress, CancellationToken cancellationToken)
    {
        var syncs = new SyncState[accounts.Count];
        for (var n = 0; n < syncs.Length; n++)
        {
            syncs[n] = await edge.PostAsync(
                "/api/emails/sync",
                user.Key,
                new NewSync(accounts[n].Id, batchSize),
                IngestJson.Default.NewSync,
                IngestJson.Default.SyncState,
                cancellationToken);
        }

        var movedAt = timeProvider.GetTimestamp();
        while (syncs.Any(sync => !sync.IsFinished) && timeProvider.GetElapsedTime(movedAt) <= patience)
        {
            await Task.Delay(Interval, timeProvider, cancellationToken);
            if (await ReadAsync(syncs, cancellationToken))
            {
                movedAt = timeProvider.GetTimestamp();
            }

            progress(syncs.Sum(sync => sync.Processed));
        }

        return syncs;
    }

    /// <returns>Whether one has progressed.</returns>
    private async Task<bool> ReadAsync(SyncState[] syncs, CancellationToken cancellationToken)
    {
        var moved = false;
        for (var n = 0; n < syncs.Length; n++)
        {
            if (syncs[n].IsFinished)
            {
                continue;
            }

            var now = await edge.GetAsync($"/api/emails/sync/{syncs[n].Id}", user.Key, IngestJson.Default.SyncState, cancellationToken);
            ProgressSeen += now.Processed > syncs[n].Processed && !now.IsFinished ? 1 : 0;
            moved |= now.Processed != syncs[n].Processed || now.State != syncs[n].State;
            syncs[n] = now;
        }

        return moved;
    }
}

internal sealed record NewSync(Guid AccountId, int BatchSize);

/// <summary>The state of a sync.</summary>
internal sealed record SyncState(
    Guid Id,
    string State,
    long Processed,
    long Errors,
    string? Error,
    IReadOnlyList<SyncFailure>? Failures,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt)
{
    public bool IsFinished => State is "completed" or "failed" or "cancelled";
}

internal sealed record SyncFailure(string MessageId, string Error);
