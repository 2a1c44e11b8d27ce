using Switchboard.Core.Jobs;

namespace Switchboard.Core.Email;

/// <summary>Read the mails of which a notification of Microsoft Graph tells.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Changes">The items of one POST; they may be of several accounts.</param>
/// <param name="AcceptedAt">When the webhook took them.</param>
public sealed record ReadGraphChanges(Guid Id, IReadOnlyList<GraphChange> Changes, DateTimeOffset AcceptedAt) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("read-graph-changes", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops nothing by itself: a mail that is read again is known by its account and Message-ID.</summary>
    public string IdempotencyKey => $"graph-changes:{Id}";
}
