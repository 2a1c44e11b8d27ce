using System.ComponentModel.DataAnnotations;
using Switchboard.Core.Media;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>Delete enrichment items that are older than they are kept, with their files. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record PruneEnrichments(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("prune-enrichments", 1, JobWorker.Ingest, JobPriority.VeryLow);

    /// <summary>Only for the log: what is deleted is not there the second time.</summary>
    public string IdempotencyKey => $"prune-enrichments:{Id}";
}

/// <summary>Section <c>Retention</c>, of which Analytics.Worker has the rest: what has files is deleted where files are kept.</summary>
internal sealed class EnrichmentRetention
{
    public const string Section = "Retention";

    /// <summary>For how many days enrichment items are kept, and the SMS that they are of; 0 for ever.</summary>
    [Range(0, 3_650)]
    public int TextDays { get; set; } = 730;
}

/// <summary>
/// Deletes old items a chunk at a time, for at most a minute; what is left is for the next run. A file goes before its row, which is all
/// that knows of it.
/// </summary>
internal sealed class PruneEnrichmentsHandler(
    NpgsqlDataSource dataSource, IMediaStore files, IOptions<EnrichmentRetention> options, TimeProvider timeProvider)
    : IJobHandler<PruneEnrichments>
{
    private const int ChunkSize = 100;
    private static readonly TimeSpan RunTime = TimeSpan.FromMinutes(1);

    // idx_enrichment_items_created_at
    private const string OldSql =
        """
        SELECT id, user_id, attempts, storage_key FROM enrichment_items
        WHERE created_at < $1 AND status IN ('completed', 'failed') ORDER BY created_at LIMIT $2
        """;

    private const string DeleteSql =
        """
        DELETE FROM enrichment_items AS i USING unnest($1::uuid[], $2::uuid[]) AS old (id, user_id)
        WHERE i.id = old.id AND i.user_id = old.user_id AND i.status IN ('completed', 'failed')
        """;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<PruneEnrichments>> batch, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        while (options.Value.TextDays > 0 && timeProvider.GetElapsedTime(begun) < RunTime
            && await PruneAsync(timeProvider.GetUtcNow().AddDays(-options.Value.TextDays), cancellationToken) == ChunkSize)
        {
        }

        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private async Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = await dataSource.Command(OldSql, before, ChunkSize).ListAsync(
            row => (Item: new ItemFiles(row.GetGuid(0), row.GetInt32(2), row.Text(3)), UserId: row.GetGuid(1)), cancellationToken);
        foreach (var (item, userId) in old)
            await item.DeleteFilesAsync(files, userId, cancellationToken);
        return await dataSource.Command(
            DeleteSql, old.Select(one => one.Item.Id).ToArray(), old.Select(one => one.UserId).ToArray()).RunAsync(cancellationToken);
    }
}
