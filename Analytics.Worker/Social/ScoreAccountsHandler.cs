using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social;

namespace Switchboard.Analytics.Worker.Social;

/// <summary>Computes the health of accounts that something happened to: those of many jobs together, each once.</summary>
internal sealed class ScoreAccountsHandler(AccountScoring scoring) : IJobHandler<ScoreAccounts>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ScoreAccounts>> batch, CancellationToken cancellationToken)
    {
        foreach (var user in batch.GroupBy(delivery => delivery.Job.UserId))
            await scoring.ScoreAsync(user.Key, user.SelectMany(delivery => delivery.Job.AccountIds), cancellationToken);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }
}

/// <summary>Compute the health of all accounts again. Recurring.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="After">Goes on after this account, where a run was long; null from the first.</param>
internal sealed record ScoreAllAccounts(Guid Id, Guid? After = null) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("score-all-accounts", 1, JobWorker.Analytics, JobPriority.VeryLow);

    /// <summary>Only for the log: a score is computed of what the rows say.</summary>
    public string IdempotencyKey => $"score-all:{Id}";
}

/// <summary>Goes through all accounts a batch at a time, with a pause after each; after some minutes another job goes on.</summary>
internal sealed partial class ScoreAllAccountsHandler(
    AccountScoring scoring, JobPublisher publisher, IOptions<HealthOptions> options, TimeProvider timeProvider,
    ILogger<ScoreAllAccountsHandler> logger) : IJobHandler<ScoreAllAccounts>
{
    // far below the time after which the broker gives a job to another process
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ScoreAllAccounts>> batch, CancellationToken cancellationToken)
    {
        var (started, batches) = (timeProvider.GetTimestamp(), 0);
        // several that wait are one run: the one that begins first goes through what the others would
        var after = batch.Any(delivery => delivery.Job.After is null) ? null : batch.Min(delivery => delivery.Job.After);
        do
        {
            after = await scoring.NextAsync(after, cancellationToken);
            batches++;
            if (after is not null)
                await Task.Delay(TimeSpan.FromMilliseconds(options.Value.PauseMs), timeProvider, cancellationToken);
        }
        while (after is not null && timeProvider.GetElapsedTime(started) < LongestRun);

        if (after is not null)
            await publisher.PublishAsync(
                [new(new ScoreAllAccounts(Guid.CreateVersion7(timeProvider.GetUtcNow()), after))], cancellationToken);
        var took = timeProvider.GetElapsedTime(started).TotalSeconds;
        Log.Computed(logger, batches, options.Value.BatchSize, took);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information, Message = "Computed the health of accounts: {Batches} batches of {Size} in {Seconds:F1} s")]
        public static partial void Computed(ILogger logger, int batches, int size, double seconds);
    }
}
