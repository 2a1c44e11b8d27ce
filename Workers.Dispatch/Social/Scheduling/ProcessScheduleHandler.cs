using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Posts;
using Switchboard.Core.Social.Publishing;
using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Workers.Dispatch.Social.Scheduling;

/// <summary>How schedules go out; section <c>Social:Schedules</c>.</summary>
internal sealed class SchedulingOptions
{
    public const string Section = "Social:Schedules";

    /// <summary>For how many seconds after its time an occurrence is on time; later it is missed.</summary>
    [Range(1, 3_600)]
    public int GraceSeconds { get; init; } = 300;

    /// <summary>How often it is looked for schedules whose job is lost, in minutes.</summary>
    [Range(1, 1_440)]
    public int SweepMinutes { get; init; } = 5;
}

/// <summary>
/// Serves the occurrences of schedules. One transaction makes the post of an occurrence (or takes it out of the queue), arms it, goes on to
/// the next occurrence and stages the job of that; it holds the schedule, so that the same job delivered twice finds nothing to do, and a
/// process that dies leaves nothing half made. After an outage one post goes out at the most, whatever was missed. A post with media is
/// made a little ahead (<see cref="Schedule.Ahead"/>), as if it had been scheduled for that time.
/// </summary>
internal sealed partial class ProcessScheduleHandler(
    NpgsqlDataSource dataSource,
    JobOutbox outbox,
    PublishTargetStore targets,
    IOptions<SchedulingOptions> options,
    TimeProvider timeProvider,
    ILogger<ProcessScheduleHandler> logger) : IJobHandler<ProcessSchedule>
{
    // the clocks of two machines differ by less
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _grace = TimeSpan.FromSeconds(options.Value.GraceSeconds);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ProcessSchedule>> batch, CancellationToken cancellationToken)
    {
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await ProcessAsync(delivery.Job, cancellationToken));
        return outcomes;
    }

    private async Task<JobOutcome> ProcessAsync(ProcessSchedule job, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var schedule = await ScheduleStore.LockAsync(transaction, job.UserId, job.ScheduleId, cancellationToken);
        if (schedule is not { IsPaused: false, NextAt: { } nextAt } || schedule.Version != job.Version)
            return JobOutcome.Done;
        var now = timeProvider.GetUtcNow();
        // far from its time it is another delivery of a job whose occurrence is done
        if (nextAt - now > schedule.Ahead + Early)
            return JobOutcome.Done;
        // what has media is made ahead of its time, and prepared until then
        if (nextAt > now && !(nextAt - now <= schedule.Ahead && await HasMediaAsync(transaction, schedule, cancellationToken)))
            return JobOutcome.Snooze(nextAt - now, "It is not time yet.");

        var due = DueOccurrence.At(schedule.Timetable, nextAt, nextAt > now ? nextAt : now, schedule.Missed, _grace);
        if (due.Missed > 0)
            Log.Missed(logger, schedule.Id, due.Missed, nextAt);
        var made = due.Goes is { } goes && !await ScheduleQueue.IsMadeAsync(transaction, schedule, goes.At, cancellationToken)
            ? await MakeAsync(transaction, schedule, goes.At, due.IsLate ? now : goes.At, now, cancellationToken)
            : new MadePost([], null);
        if (made.Error is { } error)
            Log.NotMade(logger, schedule.Id, due.Goes!.At, error);

        await ScheduleStore.MoveAsync(
            transaction, schedule, due.Next?.At, made.PostId is null ? 0 : 1, made.Error, cancellationToken);
        await outbox.CommitAsync(
            transaction, [.. made.Jobs, .. (schedule with { NextAt = due.Next?.At }).NextJobs()], cancellationToken);
        return JobOutcome.Done;
    }

    private static async Task<bool> HasMediaAsync(NpgsqlTransaction transaction, Schedule schedule, CancellationToken cancellationToken) =>
        schedule.Content?.AllMedia().Any() ?? await ScheduleQueue.StartsWithMediaAsync(transaction, schedule, cancellationToken);

    private async Task<MadePost> MakeAsync(
        NpgsqlTransaction transaction, Schedule schedule, DateTimeOffset occurrence, DateTimeOffset at, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        Guid? id;
        string? note = null;
        if (schedule.Content is { } content)
        {
            id = Guid.CreateVersion7(now);
            var planned = new NewPost(id.Value, content, schedule.Targets)
            {
                ScheduledAt = at,
                ScheduleId = schedule.Id,
                OccurrenceAt = occurrence,
            };
            var (post, leftOut) = await PostResolution.WithoutGoneAsync(transaction, schedule.UserId, planned, cancellationToken);
            if (post.Targets.IsEmpty)
                return new([], Told([.. leftOut, "It goes to no account."]));
            if (await PostStore.InsertAsync(transaction, schedule.UserId, [post], now, cancellationToken) is { Count: > 0 } errors)
                return new([], Told(errors.Select(error => $"{error.Field}: {error.Message}")));
            note = leftOut.Count > 0 ? Told(leftOut) : null;
        }
        else
        {
            id = await ScheduleQueue.TakeAsync(transaction, schedule, occurrence, at, now, cancellationToken);
        }

        return id is { } postId
            ? new(await targets.ArmAsync(transaction, schedule.UserId, [postId], now, cancellationToken), note, postId)
            : new([], null);
    }

    private static string Told(IEnumerable<string> words) => StorableText.Cut(string.Join(" ", words), 1_000);

    /// <summary>What came of an occurrence: the post, why there is none, or what was left out of it.</summary>
    private sealed record MadePost(IReadOnlyList<OutgoingJob> Jobs, string? Error, Guid? PostId = null);

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning, Message = "The schedule {Id} missed {Count} occurrences from {Since:o} on; they do not go out")]
        public static partial void Missed(ILogger logger, Guid id, int count, DateTimeOffset since);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule {Id} did not make all of its post at {At:o}: {Reason}")]
        public static partial void NotMade(ILogger logger, Guid id, DateTimeOffset at, Redacted reason);
    }
}
