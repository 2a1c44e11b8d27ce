using System.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>
/// Fetches, checks, keeps and transcribes the files of items. A batch is claimed in one statement; then each item goes its own way and is
/// recorded as soon as it is done, so that none waits to be seen for a slower one: only the acknowledgement waits for all. A crash anywhere
/// leaves an item processing, and its job comes again and does the same under the same name.
/// </summary>
internal sealed class EnrichMediaHandler(ClaimItems claims, MediaEnrichment enrichment, RecordItem record) : IJobHandler<EnrichMedia>
{
    /// <summary>A few: they share one claim, and keep their place until the slowest of them is done.</summary>
    public const int MaxBatch = 4;

    /// <summary>
    /// As many as there are places to fetch and to transcribe at once: were all but one item of each batch done, all places would still
    /// be taken.
    /// </summary>
    public static int ConcurrentBatches(HttpPoolOptions pool) => 2 * pool.Max;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<EnrichMedia>> batch, CancellationToken cancellation)
    {
        var claimed = await claims.ExecuteAsync(batch.Select(delivery => delivery.Job.ItemId), cancellation);
        // what was not claimed is completed or deleted; an item twice in a batch is enriched for the first
        return await Task.WhenAll(batch.Select(delivery => claimed.Remove(delivery.Job.ItemId, out var item)
            ? EnrichAsync(delivery, item, cancellation)
            : Task.FromResult(JobOutcome.Done)));
    }

    private async Task<JobOutcome> EnrichAsync(JobDelivery<EnrichMedia> delivery, MediaItem item, CancellationToken cancellation)
    {
        Activity.Current = delivery.Activity ?? Activity.Current;
        var result = await enrichment.RunAsync(item, cancellation);
        return await record.ExecuteAsync(item, result, ItemDecision.For(result, delivery.IsLastAttempt), cancellation);
    }
}
