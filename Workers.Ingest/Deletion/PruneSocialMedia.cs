using System.ComponentModel.DataAnnotations;
using Switchboard.Core.Media;
using Switchboard.Core.Social.Media;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>Delete uploads that nobody goes on with, and what deletions of files left that were interrupted. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record PruneSocialMedia(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("prune-social-media", 1, JobWorker.Ingest, JobPriority.VeryLow);

    /// <summary>Only for the log: what is deleted is not there the second time.</summary>
    public string IdempotencyKey => $"prune-social-media:{Id}";
}

/// <summary>Section <c>Social:Media</c>, of which the edge has the rest: what has files is deleted where users' files are.</summary>
internal sealed class UploadRetention
{
    public const string Section = "Social:Media";

    /// <summary>For how many hours an upload may pause before it is deleted.</summary>
    [Range(1, 720)]
    public int UploadHours { get; set; } = 24;
}

/// <summary>Deletes them a chunk at a time, for at most a minute; what is left is for the next run.</summary>
internal sealed class PruneSocialMediaHandler(
    SocialMediaStore library, IMediaStore files, IOptions<UploadRetention> options, TimeProvider timeProvider)
    : IJobHandler<PruneSocialMedia>
{
    private const int ChunkSize = 100;
    private static readonly TimeSpan RunTime = TimeSpan.FromMinutes(1);

    // a request that deletes takes less
    private static readonly TimeSpan DeletionTime = TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<PruneSocialMedia>> batch, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        int deleted;
        do
        {
            var now = timeProvider.GetUtcNow();
            var abandoned = await library.BeginDeletingAbandonedAsync(
                now.AddHours(-options.Value.UploadHours), now - DeletionTime, ChunkSize, now, cancellationToken);
            deleted = await library.DeleteAsync(files, abandoned, cancellationToken);
        }
        while (deleted == ChunkSize && timeProvider.GetElapsedTime(begun) < RunTime);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }
}
