using System.Diagnostics;
using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>
/// Publishes posts: claims a batch of targets and has each taken as far as it goes (<see cref="Publisher"/>). A job is no more than the
/// call to look at its target: what is to be done the row says, so that a job that comes twice, late, or for a former time does no harm,
/// and to wait takes no attempt of the job's. What is slow the batch leaves to itself, and looks at again later.
/// </summary>
internal sealed partial class PublishPostHandler(
    PublishingStore store,
    SocialAccountStore accounts,
    Publisher publisher,
    PublishTasks tasks,
    IOptions<PublishingOptions> options,
    TimeProvider timeProvider,
    ILogger<PublishPostHandler> logger) : IJobHandler<PublishPost>
{
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(250);

    // what is under way is looked at again and again: it may have come to where it waits for a shorter time
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _patience = TimeSpan.FromSeconds(options.Value.PatienceSeconds);
    private readonly TimeSpan _claim = options.Value.Claim;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<PublishPost>> batch, CancellationToken cancellationToken)
    {
        var targets = await store.ClaimAsync([.. batch.Select(delivery => delivery.Job)], cancellationToken);
        (Guid, Guid)[] claimed = [.. targets.Values.Where(IsClaimed).Select(target => (target.UserId, target.AccountId)).Distinct()];
        var (found, caps) = await ReadAsync(claimed, cancellationToken);

        var begun = new HashSet<Guid>(batch.Count);
        var outcomes = batch.Select(delivery =>
        {
            // of a former time; or twice in a batch: the first does it
            if (!targets.TryGetValue(delivery.Job.Id, out var target) || !begun.Add(target.Id))
                return Task.FromResult(JobOutcome.Done);
            if (!IsClaimed(target))
                return Task.FromResult(UnclaimedOutcome(target, timeProvider.GetUtcNow()));
            Activity.Current = delivery.Activity;
            return found.TryGetValue(target.AccountId, out var account)
                ? tasks.Start(() => publisher.PublishAsync(target, account, caps.GetValueOrDefault(target.AccountId)))
                : Task.FromResult(JobOutcome.Done); // deleted this moment, and the target with it
        }).ToArray();

        await WaitAsync(outcomes, cancellationToken);
        return [.. outcomes.Select(OutcomeOf)];
    }

    /// <summary>What becomes of the job of a target that was not claimed. A pure decision.</summary>
    internal static JobOutcome UnclaimedOutcome(ClaimedTarget target, DateTimeOffset now)
    {
        if (target.LookAt is not { } lookAt || target.Turn == Turn.None)
            return JobOutcome.Done;
        var wait = lookAt - now;
        return target.Turn switch
        {
            Turn.Claimed => JobOutcome.Snooze(
                wait < LookAgain ? wait : LookAgain, "It is claimed: it is under way, or whoever had it has died."),
            Turn.Busy => JobOutcome.Snooze(wait, "Another post of its account goes first."),
            _ => JobOutcome.Snooze(wait, "It is to be looked at later."),
        };
    }

    private static bool IsClaimed(ClaimedTarget target) => target.Turn is Turn.Publish or Turn.InDoubt or Turn.ReadBack;

    // what is claimed is not left to the end of its claim because the database was away for a moment
    private async Task<(IReadOnlyDictionary<Guid, SocialAccount> Accounts, IReadOnlyDictionary<Guid, AccountCap> Caps)> ReadAsync(
        (Guid UserId, Guid AccountId)[] claimed, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return (await accounts.FindAsync(claimed, cancellationToken), await accounts.CapsAsync(claimed, cancellationToken));
            }
            catch (Exception reason) when (DatabaseFailure.IsUnavailable(reason))
            {
                Log.Held(logger, claimed.Length, reason);
                await Task.Delay(Hold, timeProvider, cancellationToken);
            }
        }
    }

    private async Task WaitAsync(Task<JobOutcome>[] outcomes, CancellationToken cancellationToken)
    {
        Task all = Task.WhenAll(outcomes);
        await all.WaitAsync(_patience, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        tasks.Stopping.ThrowIfCancellationRequested();
    }

    private JobOutcome OutcomeOf(Task<JobOutcome> task)
    {
        if (task.IsCompletedSuccessfully)
            return task.Result;
        if (!task.IsFaulted)
            return JobOutcome.Snooze(LookAgain, "It is under way still.");
        var reason = task.Exception.InnerException!;
        if (DatabaseFailure.IsUnavailable(reason))
            return JobOutcome.Snooze(_claim, "The database was away; it is looked at when its claim has ended.");
        Log.Failed(logger, reason);
        return JobOutcome.Retry($"{reason.GetType().Name}: {reason.Message}", _claim);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Posts of {Count} accounts are held until the database is back: {Reason}")]
        public static partial void Held(ILogger logger, int count, Redacted reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "A post could not be published, and is looked at when its claim has ended")]
        public static partial void Failed(ILogger logger, Exception reason);
    }
}
