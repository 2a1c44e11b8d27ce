using Switchboard.Load.Api;

namespace Switchboard.Load.Sms;

/// <summary>Reads the users' items until all are settled.</summary>
internal sealed class EnrichmentCheck(ApiClient edge, IReadOnlyList<LoadUser> users, EnrichmentLedger ledger, TimeSpan patience, TimeProvider time)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until all items are settled, or nothing has changed for as long as one is patient; then reads all once more.</summary>
    public async Task<EnrichmentVerdict> RunAsync(Action<double> progress, CancellationToken cancellation)
    {
        // new items are on the first pages; only when there are none, the others are read for what was completed there
        var (everything, movedAt) = (false, time.GetTimestamp());
        while (ledger.Settled < ledger.Expected)
        {
            var moved = await ReadAsync(everything, cancellation);
            progress(ledger.Settled);
            if (moved)
            {
                movedAt = time.GetTimestamp();
            }
            else if (everything && time.GetElapsedTime(movedAt) > patience)
            {
                break;
            }

            everything = !moved;
            await Task.Delay(Interval, time, cancellation);
        }

        await ReadAsync(everything: true, cancellation);
        return ledger.Judge();
    }

    private async Task<bool> ReadAsync(bool everything, CancellationToken cancellation)
    {
        var moved = 0;
        await Parallel.ForEachAsync(users, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (user, ct) =>
        {
            string? cursor = null;
            do
            {
                var path = $"/api/enrichments?limit=100{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}";
                var page = await edge.GetAsync(path, user.Key, SmsJson.Default.ItemPage, ct);
                var isNews = Note(page.Items);
                moved |= isNews ? 1 : 0;
                cursor = isNews || everything ? page.NextCursor : null;
            }
            while (cursor is not null);
        });
        return moved != 0;
    }

    private bool Note(IReadOnlyList<TextItem> items)
    {
        var isNews = false;
        lock (ledger)
        {
            foreach (var item in items)
            {
                isNews |= ledger.Note(item);
            }
        }

        return isNews;
    }
}
