using System.Collections.Concurrent;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Follows accounts that were connected, are active again, or were not heard of for long: goes on with a sync that was paused, sees to the
/// subscription, reads what changed. A job is never dead of an outage: the next poll asks for the same.
/// </summary>
internal sealed partial class FollowAccountHandler(
    GraphMailboxStore accounts,
    GraphSubscribing subscribing,
    GraphDelta delta,
    SyncRevival revival,
    AccountRevocation revocation,
    IOptions<SyncOptions> options,
    ILogger<FollowAccountHandler> logger) : IJobHandler<FollowAccount>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<FollowAccount>> batch, CancellationToken cancellationToken)
    {
        var failures = new ConcurrentDictionary<Guid, ProviderFailure>();
        await Parallel.ForEachAsync(
            batch.GroupBy(delivery => delivery.Job.AccountId),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentAccounts, CancellationToken = cancellationToken },
            async (jobs, token) =>
            {
                var arrival = new MailArrival(jobs.Min(delivery => delivery.EnqueuedAt), jobs.First().Activity?.Context);
                if (await FollowAsync(jobs.Key, arrival, token) is { } failure)
                    failures[jobs.Key] = failure;
            });
        return [.. batch.Select(delivery => OutcomeOf(failures.GetValueOrDefault(delivery.Job.AccountId), delivery.IsLastAttempt))];
    }

    // a limit too counts attempts: polls that wait for its end would only become more
    internal static JobOutcome OutcomeOf(ProviderFailure? failure, bool isLastAttempt) =>
        failure is null ? JobOutcome.Done
        : failure.Kind != FailureKind.Throttled && !failure.MayPass() ? failure.ToOutcome()
        : isLastAttempt ? JobOutcome.Done
        : JobOutcome.Retry(failure.Error, failure.RetryAfter);

    private async Task<ProviderFailure?> FollowAsync(Guid id, MailArrival arrival, CancellationToken cancellationToken)
    {
        if (await accounts.FindAsync(id, cancellationToken) is not { Account.IsActive: true } account)
            return null;
        try
        {
            await revival.ResumeAsync(id, cancellationToken);
            // first: what comes in while the changes are read is told of, or among them
            await subscribing.EnsureAsync(account, cancellationToken);
            await delta.ReadAsync(id, arrival, cancellationToken);
            return null;
        }
        catch (ProviderException reason)
        {
            Log.NotFollowed(logger, id, reason.Kind, reason);
            if (reason.Kind == FailureKind.GrantRevoked)
                await revocation.RevokeAsync(id, reason.Failure, cancellationToken);
            return reason.Failure;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} could not be followed, {Kind}: {Reason}")]
        public static partial void NotFollowed(ILogger logger, Guid accountId, FailureKind kind, Redacted reason);
    }
}

/// <summary>Have the accounts of Microsoft 365 read that were not read lately, and syncs that stand still gone on with.
/// Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record PollGraphMailboxes(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("poll-graph-mailboxes", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: an extra poll finds nothing.</summary>
    public string IdempotencyKey => $"poll-graph-mailboxes:{Id}";
}

/// <summary>Publishes what nobody else asks for. Several polls at once are one.</summary>
internal sealed class PollGraphMailboxesHandler(
    GraphMailboxStore accounts, SyncRevival revival, JobPublisher publisher, IOptions<SyncOptions> options, TimeProvider timeProvider)
    : IJobHandler<PollGraphMailboxes>
{
    private const int PageSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<PollGraphMailboxes>> batch, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await revival.ReviveAsync(now.AddSeconds(-options.Value.StalledSeconds), cancellationToken);
        var since = now.AddSeconds(-options.Value.PollSeconds);
        for (var after = Guid.Empty; ;)
        {
            var due = await accounts.NotReadSinceAsync(since, after, PageSize, cancellationToken);
            await publisher.PublishAsync(
                [.. due.Select(account => new OutgoingJob(new FollowAccount(Guid.CreateVersion7(now), account)))], cancellationToken);
            if (due.Count < PageSize)
                return [.. batch.Select(_ => JobOutcome.Done)];
            after = due[^1];
        }
    }
}
