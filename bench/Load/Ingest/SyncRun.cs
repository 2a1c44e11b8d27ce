using Switchboard.Load.Api;
using Switchboard.Load.Mail;

namespace Switchboard.Load.Ingest;

/// <summary>Syncs accounts, all at the same time, and watches how far they are.</summary>
internal sealed class SyncRun(ApiClient edge, LoadUser user, int batchSize, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How often one was seen further on while it ran.</summary>
    public int ProgressSeen { get; private set; }

    /// <summary>Starts the syncs and waits until all are finished, or nothing has moved for as long as one is patient.</summary>
    /// <returns>How they stand then.</returns>
    public async Task<IReadOnlyList<SyncState>> RunAsync(IReadOnlyList<MailAccount> accounts, Action<double> progress, CancellationToken cancellation)
    {
        var syncs = new SyncState[accounts.Count];
        for (var n = 0; n < syncs.Length; n++)
        {
            syncs[n] = await edge.PostAsync(
                "/api/emails/sync", user.Key, new NewSync(accounts[n].Id, batchSize), IngestJson.Default.NewSync, IngestJson.Default.SyncState, cancellation);
        }

        var movedAt = time.GetTimestamp();
        while (syncs.Any(sync => !sync.IsFinished) && time.GetElapsedTime(movedAt) <= patience)
        {
            await Task.Delay(Interval, time, cancellation);
            if (await ReadAsync(syncs, cancellation))
            {
                movedAt = time.GetTimestamp();
            }

            progress(syncs.Sum(sync => sync.Processed));
        }

        return syncs;
    }

    /// <returns>Whether one has moved.</returns>
    private async Task<bool> ReadAsync(SyncState[] syncs, CancellationToken cancellation)
    {
        var moved = false;
        for (var n = 0; n < syncs.Length; n++)
        {
            if (syncs[n].IsFinished)
            {
                continue;
            }

            var now = await edge.GetAsync($"/api/emails/sync/{syncs[n].Id}", user.Key, IngestJson.Default.SyncState, cancellation);
            ProgressSeen += now.Processed > syncs[n].Processed && !now.IsFinished ? 1 : 0;
            moved |= now.Processed != syncs[n].Processed || now.State != syncs[n].State;
            syncs[n] = now;
        }

        return moved;
    }
}
