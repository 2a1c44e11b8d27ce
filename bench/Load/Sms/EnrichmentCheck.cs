using Switchboard.Load.Running;

namespace Switchboard.Load.Sms;

/// <summary>Reads the users' items until all are settled.</summary>
internal sealed class EnrichmentCheck(
    ApiClient edge, IReadOnlyList<LoadUser> users, EnrichmentComparison comparison, TimeSpan patience, TimeProvider timeProvider)
{
    private const int MaxParallel = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until all items are settled, or nothing has changed within the patience; then reads all once more.</summary>
    public async Task<EnrichmentResult> RunAsync(Action<double> progress, CancellationToken cancellationToken)
    {
        // new items are on the first pages; only when there are none, the others are read for what was completed there
        var (everything, movedAt) = (false, timeProvider.GetTimestamp());
        while (comparison.Settled < comparison.Expected)
        {
            var moved = await ReadAsync(everything, cancellationToken);
            progress(comparison.Settled);
            if (moved)
            {
                movedAt = timeProvider.GetTimestamp();
            }
            else if (everything && timeProvider.GetElapsedTime(movedAt) > patience)
            {
                break;
            }

            everything = !moved;
            await Task.Delay(Interval, timeProvider, cancellationToken);
        }

        await ReadAsync(everything: true, cancellationToken);
        return comparison.Evaluate();
    }

    private async Task<bool> ReadAsync(bool everything, CancellationToken cancellationToken)
    {
        var moved = 0;
        var parallelOptions = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(users, parallelOptions, async (user, loopToken) =>
        {
            string? cursor = null;
            do
            {
                var path = $"/api/enrichments?limit=100{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}";
                var page = await edge.GetAsync(path, user.Key, SmsJson.Default.EnrichmentPage, loopToken);
                var isNew = AddAll(page.Items);
                moved |= isNew ? 1 : 0;
                cursor = isNew || everything ? page.NextCursor : null;
            }
            while (cursor is not null);
        });
        return moved != 0;
    }

    private bool AddAll(IReadOnlyList<EnrichmentItem> items)
    {
        var isNew = false;
        lock (comparison)
        {
            foreach (var item in items)
            {
                isNew |= comparison.Add(item);
            }
        }

        return isNew;
    }
}

internal sealed record EnrichmentPage(IReadOnlyList<EnrichmentItem> Items, string? NextCursor);

/// <summary>An item as the product lists it.</summary>
internal sealed record EnrichmentItem(
    Guid Id,
    string MessageSid,
    int Part,
    string Source,
    string Kind,
    string Status,
    string? Reason,
    string? From,
    string? Text,
    long? SizeBytes,
    string? Transcript,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? CompletedAt);
