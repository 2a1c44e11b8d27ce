using Switchboard.Core.Diagnostics;
using Switchboard.Core.Redis.Locks;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Goes on with full syncs, each for some seconds; then the next job does. The lock on the account only saves work: what makes two jobs of
/// one sync harmless is that mails are recorded once and cursors move by compare-and-set.
/// </summary>
internal sealed partial class SyncEmailsHandler(
    SyncRunStore syncs,
    MailAccountStore accounts,
    AccountRevocation revocation,
    SyncRun run,
    IServiceProvider services,
    DistributedLock locks,
    JobPublisher publisher,
    IOptions<SyncOptions> options,
    TimeProvider timeProvider,
    ILogger<SyncEmailsHandler> logger) : IJobHandler<SyncEmails>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<SyncEmails>> batch, CancellationToken cancellationToken)
    {
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await GoOnAsync(delivery, cancellationToken));
        return outcomes;
    }

    private async Task<JobOutcome> GoOnAsync(JobDelivery<SyncEmails> delivery, CancellationToken cancellationToken)
    {
        if (await syncs.FindAsync(delivery.Job.SyncId, cancellationToken) is not { IsToGoOn: true } sync
            || await accounts.FindAsync(sync.AccountId, cancellationToken) is not { } account)
            return JobOutcome.Done;
        if (!account.IsActive)
        {
            await syncs.PauseAsync(sync.Id, cancellationToken);
            return JobOutcome.Done;
        }

        var (outcome, isOver) = await RunAsync(sync.Id, account, cancellationToken);
        // after the lock is let go, or the next job would find it held
        if (!isOver)
            await publisher.PublishAsync(
                [new(new SyncEmails(Guid.CreateVersion7(timeProvider.GetUtcNow()), sync.Id), delivery.Activity?.Context)],
                cancellationToken);
        return outcome;
    }

    private async Task<(JobOutcome Outcome, bool IsOver)> RunAsync(Guid id, MailAccount account, CancellationToken cancellationToken)
    {
        await using var held = await locks.TryAcquireAsync(
            $"sync:{account.Id}", TimeSpan.FromSeconds(options.Value.LockSeconds), renew: true, cancellationToken);
        if (held is null)
            return (Later("Another job syncs the account."), true);
        // as it is now that nobody else goes on with it
        if (await syncs.FindAsync(id, cancellationToken) is not { IsToGoOn: true } sync)
            return (JobOutcome.Done, true);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        try
        {
            var progress = await run.GoOnAsync(sync, account, services.GetRequiredKeyedService<IMailSource>(account.Provider), ended.Token);
            return progress.Failure is { } failure
                ? (await MeetAsync(sync, account, failure, cancellationToken), true)
                : (JobOutcome.Done, progress.IsOver);
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (Later("The lock on the account was lost."), true);
        }
        catch (ProviderException reason)
        {
            return (await MeetAsync(sync, account, reason.Failure, cancellationToken), true);
        }
    }

    private async Task<JobOutcome> MeetAsync(
        MailSync sync, MailAccount account, ProviderFailure failure, CancellationToken cancellationToken)
    {
        Log.Stopped(logger, sync.Id, failure.Kind, failure);
        switch (failure.Kind)
        {
            case FailureKind.GrantRevoked:
                await revocation.RevokeAsync(account.Id, failure, cancellationToken);
                return JobOutcome.Done;
            case FailureKind.NotFound or FailureKind.Permanent or FailureKind.StalePosition:
                await syncs.FailAsync(sync.Id, failure.Error, cancellationToken);
                return JobOutcome.Done;
            default:
                return failure.ToOutcome();
        }
    }

    private JobOutcome Later(string reason) => JobOutcome.Snooze(TimeSpan.FromMilliseconds(options.Value.BusyRetryMilliseconds), reason);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Sync {SyncId} stops, {Kind}: {Reason}")]
        public static partial void Stopped(ILogger logger, Guid syncId, FailureKind kind, Redacted reason);
    }
}
