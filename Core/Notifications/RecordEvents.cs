using Switchboard.Core.Jobs;

namespace Switchboard.Core.Notifications;

/// <summary>Add facts about notifications to the roll-ups; one message carries what a whole batch brought about.</summary>
/// <param name="Id">The job's id; the transaction that brought the facts about chose it, and keeps the job in
/// <c>scheduled_jobs</c> until the broker has it.</param>
/// <param name="Facts">The facts, already added up by kind, user, channel and minute.</param>
public sealed record RecordEvents(Guid Id, IReadOnlyList<NotificationEvent> Facts) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("record-facts", 1, JobWorker.Analytics, JobPriority.Low);

    /// <summary>Stops facts from being counted twice: the id is kept in <c>counted_facts</c>.</summary>
    public string IdempotencyKey => $"facts:{Id}";
}
