using System.Text.Json.Serialization;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.Events;

/// <summary>
/// Something that happened to something of a user's. Whatever its type, it is counted by user, type, dimension and time, and its values are
/// added up: a new type needs neither a change of the schema nor one of the code that counts. The names of the JSON fields are older than
/// these.
/// </summary>
/// <param name="Type">What happened, as <c>subject.happened</c>: <c>notification.delivered</c>.</param>
/// <param name="UserId">The user whose event it is.</param>
/// <param name="Dimension">What events of the type are counted by, of which there are few: of notifications, their channel.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="Count">How many it stands for: one, but in messages of a former version, which were added up by the minute.</param>
/// <param name="Value">What is added up of events of the type; of a delivery, the milliseconds that it took.</param>
/// <param name="Id">Its id, the same wherever it is told; null in messages of a former version.</param>
/// <param name="SubjectId">What it happened to, of the kind that the type begins with; null in messages of a former version.</param>
public sealed record EventRecord(
    [property: JsonPropertyName("kind")] string Type,
    Guid UserId,
    [property: JsonPropertyName("channel")] string Dimension,
    [property: JsonPropertyName("minute")] DateTimeOffset OccurredAt,
    long Count = 1,
    [property: JsonPropertyName("deliveryMs")] long Value = 0,
    Guid? Id = null,
    Guid? SubjectId = null)
{
    /// <summary>An event of one subject.</summary>
    public static EventRecord Of(string type, Guid userId, Guid subjectId, string dimension, DateTimeOffset occurredAt, long value = 0) =>
        new(type, userId, dimension, occurredAt.ToUniversalTime(), 1, value, Guid.CreateVersion7(occurredAt), subjectId);
}

/// <summary>
/// Add events to the roll-ups; one message carries what a whole batch brought about. Record only what a committed statement really changed
/// (its RETURNING), and stage the job in the same transaction: then each change is counted once.
/// </summary>
/// <param name="Id">The job's id; the transaction that brought the events about chose it, and keeps the job in
/// <c>scheduled_jobs</c> until the broker has it.</param>
/// <param name="Facts">The events; the name is that of the JSON field.</param>
public sealed record RecordEvents(Guid Id, IReadOnlyList<EventRecord> Facts) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("record-facts", 1, JobWorker.Analytics, JobPriority.Low);

    /// <summary>Stops events from being counted twice: the id is kept in <c>counted_facts</c>.</summary>
    public string IdempotencyKey => $"facts:{Id}";

    /// <summary>The jobs that record these events: one, or none where there are none.</summary>
    public static OutgoingJob[] Of(IReadOnlyList<EventRecord> events, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(timeProvider);
        return events.Count == 0 ? [] : [new(new RecordEvents(Guid.CreateVersion7(timeProvider.GetUtcNow()), events))];
    }
}
