using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Publishing;
using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Workers.Dispatch.Social.Scheduling;

/// <summary>Look for schedules whose job is lost. Recurring, and at the start.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record SweepSchedules(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("sweep-schedules", 1, JobWorker.Dispatch, JobPriority.Low);

    /// <summary>Only for the log: the job of an occurrence has an id of its own, by whomever it is staged.</summary>
    public string IdempotencyKey => $"sweep-schedules:{Id}";
}

/// <summary>
/// Arms schedules again whose occurrence passed and nothing came of it: their job is lost (a table that was restored, a job that was given
/// up or deleted), or it waits in a queue still, and then it is there twice and does its work once.
/// </summary>
internal sealed partial class SweepSchedulesHandler(
    NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider timeProvider, ILogger<SweepSchedulesHandler> logger)
    : IJobHandler<SweepSchedules>
{
    private const int PageSize = 500;

    // longer than all attempts of process-schedule take
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<SweepSchedules>> batch, CancellationToken cancellationToken)
    {
        var before = timeProvider.GetUtcNow() - Overdue;
        for (Schedule? last = null; ;)
        {
            var overdue = await ArmAsync(before, last, cancellationToken);
            if (overdue.Count > 0)
                Log.Armed(logger, overdue.Count, overdue[0].NextAt!.Value);
            if (overdue.Count < PageSize)
                return [.. batch.Select(_ => JobOutcome.Done)];
            last = overdue[^1];
        }
    }

    private async Task<IReadOnlyList<Schedule>> ArmAsync(DateTimeOffset before, Schedule? after, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var overdue = await ScheduleStore.OverdueAsync(transaction, before, after, PageSize, cancellationToken);
        // due since then, and so published by the scheduler: those that wait are not staged beside themselves
        await outbox.CommitAsync(transaction, [.. overdue.SelectMany(schedule => schedule.NextJobs())], cancellationToken);
        return overdue;
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning, Message = "{Count} schedules were overdue, the first since {Since:o}: they are armed again")]
        public static partial void Armed(ILogger logger, int count, DateTimeOffset since);
    }
}

internal static class SchedulingServices
{
    /// <summary>What serves schedules, and what finds those whose job is lost.</summary>
    public static IServiceCollection AddSocialScheduling(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SchedulingOptions>().BindConfiguration(SchedulingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        var options = configuration.GetSection(SchedulingOptions.Section).Get<SchedulingOptions>() ?? new();
        return services.AddPublishTargets().AddRecurringJob(
            "sweep-schedules", TimeSpan.FromMinutes(Math.Max(1, options.SweepMinutes)), id => new SweepSchedules(id));
    }

    /// <summary>The jobs of schedules.</summary>
    public static JobWorkerBuilder HandleScheduling(this JobWorkerBuilder worker) => worker
        .Handle<ProcessSchedule, ProcessScheduleHandler>(maxBatch: 20, concurrentBatches: 4, window: TimeSpan.Zero)
        .Handle<SweepSchedules, SweepSchedulesHandler>(maxBatch: 16, concurrentBatches: 1);
}
