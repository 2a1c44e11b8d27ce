using Switchboard.Core.Jobs;

namespace Switchboard.Core.Sms;

/// <summary>Fetch, check, keep and, if it is audio, transcribe the file of an enrichment item.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="ItemId">The item, a row in <c>enrichment_items</c>.</param>
public sealed record EnrichMedia(Guid Id, Guid ItemId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("enrich-media", 1, JobWorker.Ingest, JobPriority.Low);

    /// <summary>Names the state to reach: a file is kept under its item's id, so fetching it twice leaves one, and an item that is
    /// completed stays as it is.</summary>
    public string IdempotencyKey => $"item:{ItemId}";
}
