using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Follows accounts that were connected, are active again, or were not heard of for long: goes on with a sync that was paused, sees to the
/// subscription, reads what changed. A job is never dead of an outage: the next poll asks for the same.
/// </summary>
internal sealed partial class FollowAccountHandler(
    GraphAccounts accounts,
    GraphSubscribing subscribing,
    GraphDelta delta,
    SyncRevival revival,
    AccountRevocation revocation,
    IOptions<SyncOptions> options,
    ILogger<FollowAccountHandler> logger) : IJobHandler<FollowAccount>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<FollowAccount>> batch, CancellationToken cancellation)
    {
        var faults = new ConcurrentDictionary<Guid, ProviderFault>();
        await Parallel.ForEachAsync(
            batch.Select(delivery => delivery.Job.AccountId).Distinct(),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentAccounts, CancellationToken = cancellation },
            async (account, token) =>
            {
                if (await FollowAsync(account, token) is { } fault)
                    faults[account] = fault;
            });
        return [.. batch.Select(delivery => OutcomeOf(faults.GetValueOrDefault(delivery.Job.AccountId), delivery.IsLastAttempt))];
    }

    internal static JobOutcome OutcomeOf(ProviderFault? fault, bool isLastAttempt) =>
        fault is null || (fault.Kind == FaultKind.Later && isLastAttempt) ? JobOutcome.Done : fault.ToOutcome();

    private async Task<ProviderFault?> FollowAsync(Guid id, CancellationToken cancellation)
    {
        if (await accounts.FindAsync(id, cancellation) is not { Account.IsActive: true } account)
            return null;
        try
        {
            await revival.ResumeAsync(id, cancellation);
            // first: what comes in while the changes are read is told of, or among them
            await subscribing.EnsureAsync(account, cancellation);
            await delta.ReadAsync(id, cancellation);
            return null;
        }
        catch (GraphException reason)
        {
            var fault = ProviderFault.Of(reason)!;
            Log.NotFollowed(logger, id, fault.Kind, fault.Message);
            if (fault.Kind == FaultKind.Revoked)
                await revocation.RevokeAsync(id, fault.Grant!, fault.Message, cancellation);
            return fault;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} could not be followed, {Kind}: {Reason}")]
        public static partial void NotFollowed(ILogger logger, Guid accountId, FaultKind kind, string reason);
    }
}
