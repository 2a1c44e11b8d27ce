using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Core.Social.Scheduling;

/// <summary>A schedule: weekly slots for the posts of its queue, or one content that recurs. A row of <c>social_schedules</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Name">Its name; a user has no two of one name.</param>
/// <param name="TimeZone">The zone of its times, by IANA's name.</param>
/// <param name="Slots">Its slots; null where it recurs.</param>
/// <param name="Recurrence">How it recurs; null where it has slots.</param>
/// <param name="Content">What recurs; null where it has slots.</param>
/// <param name="Targets">Where that goes; none where it has slots: each post of the queue has its own.</param>
/// <param name="Missed">A value of <see cref="MissedPolicy"/>.</param>
/// <param name="IsPaused">Whether nothing goes out.</param>
/// <param name="NextAt">The next occurrence; null when there is none any more, or it is paused.</param>
/// <param name="Occurrences">How many posts it made or sent out of its queue.</param>
/// <param name="LastError">Why the last occurrence made no post, or what was left out of it; null when it made all.</param>
/// <param name="Version">Counts up with each change: a job of a former version does nothing.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When a person changed it last.</param>
public sealed record Schedule(
    Guid Id,
    Guid UserId,
    string Name,
    string TimeZone,
    IReadOnlyList<WeeklySlot>? Slots,
    Recurrence? Recurrence,
    PostContent? Content,
    PostTargets Targets,
    string Missed,
    bool IsPaused,
    DateTimeOffset? NextAt,
    int Occurrences,
    string? LastError,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>Its times.</summary>
    /// <exception cref="TimeZoneNotFoundException">This machine does not know its zone, which one of this installation did.</exception>
    [JsonIgnore]
    public Timetable Timetable => Recurrence is { } recurrence ? Timetable.Of(Zone, recurrence) : Timetable.Of(Zone, Slots!);

    /// <summary>Whether it has the times of another one.</summary>
    public bool HasTimesOf(Schedule other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return TimeZone == other.TimeZone && Recurrence == other.Recurrence && (Slots ?? []).SequenceEqual(other.Slots ?? []);
    }

    /// <summary>Its zone.</summary>
    [JsonIgnore]
    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>How long before an occurrence its post may be made: one with media is prepared until then. What the posts of a queue have
    /// is seen when it is looked at.</summary>
    [JsonIgnore]
    public TimeSpan Ahead => Content?.AllMedia().Any() is false ? TimeSpan.Zero : PublishTargetStore.PrepareAhead;

    /// <summary>The job of its next occurrence, which waits for that, or for what goes before it; none when there is none any more, or it
    /// is paused.</summary>
    public IReadOnlyList<OutgoingJob> NextJobs() => NextAt is { } at && !IsPaused
        ? [new(new ProcessSchedule(JobIdOf(Id, Version, at), UserId, Id, Version), DueAt: at - Ahead)]
        : [];

    /// <summary>
    /// The id of the job of an occurrence: the same whoever stages it, so that one that waits is not staged beside itself. A UUIDv7 of the
    /// occurrence's time, with the random bits of the schedule's id and its version: the job of another version is another one.
    /// </summary>
    private static Guid JobIdOf(Guid scheduleId, int version, DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> schedule = stackalloc byte[16];
        Guid.CreateVersion7(at).TryWriteBytes(bytes, bigEndian: true, out _);
        scheduleId.TryWriteBytes(schedule, bigEndian: true, out _);
        schedule[9..].CopyTo(bytes[9..]);
        (bytes[6], bytes[7], bytes[8]) = ((byte)(0x70 | (schedule[6] & 0x0f)), schedule[7], (byte)(0x80 | (schedule[8] & 0x3f)));
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], BinaryPrimitives.ReadInt32BigEndian(bytes[12..]) ^ version);
        return new(bytes, bigEndian: true);
    }
}

/// <summary>The columns of a schedule that hold JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<WeeklySlot>))]
[JsonSerializable(typeof(Recurrence))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
