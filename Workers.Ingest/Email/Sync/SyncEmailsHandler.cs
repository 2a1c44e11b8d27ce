using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Redis.Locks;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Goes on with full syncs, each for a turn; then the next job does. The lock on the account only saves work: what makes two jobs of
/// one sync harmless is that mails are recorded once and cursors move by compare-and-set.
/// </summary>
internal sealed partial class SyncEmailsHandler(
    MailSyncs syncs,
    MailAccounts accounts,
    AccountRevocation revocation,
    SyncRun run,
    IServiceProvider services,
    DistributedLock locks,
    JobPublisher publisher,
    IOptions<SyncOptions> options,
    ILogger<SyncEmailsHandler> logger) : IJobHandler<SyncEmails>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<SyncEmails>> batch, CancellationToken cancellation)
    {
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await GoOnAsync(delivery, cancellation));
        return outcomes;
    }

    private async Task<JobOutcome> GoOnAsync(JobDelivery<SyncEmails> delivery, CancellationToken cancellation)
    {
        if (await syncs.FindAsync(delivery.Job.SyncId, cancellation) is not { IsToGoOn: true } sync
            || await accounts.FindAsync(sync.AccountId, cancellation) is not { } account)
            return JobOutcome.Done;
        if (!account.IsActive)
        {
            await syncs.PauseAsync(sync.Id, cancellation);
            return JobOutcome.Done;
        }

        var (outcome, isOver) = await TakeTurnAsync(sync.Id, account, cancellation);
        // after the lock is let go, or the next job would find it held
        if (!isOver)
            await publisher.PublishAsync([new(new SyncEmails(Guid.CreateVersion7(), sync.Id), delivery.Activity?.Context)], cancellation);
        return outcome;
    }

    private async Task<(JobOutcome Outcome, bool IsOver)> TakeTurnAsync(Guid id, MailAccount account, CancellationToken cancellation)
    {
        await using var held = await locks.TryAcquireAsync(
            $"sync:{account.Id}", TimeSpan.FromSeconds(options.Value.LockSeconds), renew: true, cancellation);
        if (held is null)
            return (Later("Another job syncs the account."), true);
        // as it is now that nobody else goes on with it
        if (await syncs.FindAsync(id, cancellation) is not { IsToGoOn: true } sync)
            return (JobOutcome.Done, true);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, held.Lost);
        try
        {
            var progress = await run.GoOnAsync(sync, account, services.GetRequiredKeyedService<IMailSource>(account.Provider), ended.Token);
            return progress.Fault is { } fault
                ? (await MeetAsync(sync, account, fault, cancellation), true)
                : (JobOutcome.Done, progress.IsOver);
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return (Later("The lock on the account was lost."), true);
        }
        catch (Exception reason) when (ProviderFault.Of(reason) is { } fault)
        {
            return (await MeetAsync(sync, account, fault, cancellation), true);
        }
    }

    private async Task<JobOutcome> MeetAsync(MailSync sync, MailAccount account, ProviderFault fault, CancellationToken cancellation)
    {
        Log.Stopped(logger, sync.Id, fault.Kind, fault.Message);
        switch (fault.Kind)
        {
            case FaultKind.Revoked:
                await revocation.RevokeAsync(account.Id, fault.Grant!, fault.Message, cancellation);
                return JobOutcome.Done;
            case FaultKind.Gone or FaultKind.Refused or FaultKind.Stale:
                await syncs.FailAsync(sync.Id, fault.Message, cancellation);
                return JobOutcome.Done;
            default:
                return fault.ToOutcome();
        }
    }

    private JobOutcome Later(string reason) => JobOutcome.Snooze(TimeSpan.FromMilliseconds(options.Value.BusyRetryMilliseconds), reason);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Sync {SyncId} stops, {Kind}: {Reason}")]
        public static partial void Stopped(ILogger logger, Guid syncId, FaultKind kind, string reason);
    }
}
