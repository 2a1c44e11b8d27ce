using Switchboard.Core.Jobs;

namespace Switchboard.Core.Notifications;

/// <summary>Move notifications forward by what a provider's status callback said of them.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Updates">The statuses of one callback, inline: the webhook is their only source.</param>
public sealed record ApplyDeliveryStatuses(Guid Id, IReadOnlyList<DeliveryStatusUpdate> Updates) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("apply-delivery-statuses", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: a state never moves backwards, so the same callback twice changes nothing.</summary>
    public string IdempotencyKey => $"statuses:{Id}";
}
