using Microsoft.Extensions.Options;
using Switchboard.Analytics.Worker.Retention;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>
/// Deletes what was tracked of accounts that were disconnected, a chunk a statement, as retention does. A batch has its time; what is left
/// then goes on in a moment. What was deleted once is looked for again later, until nothing was found: Workers.Ingest may have been
/// writing a mail at the moment when the account went.
/// </summary>
internal sealed partial class DeleteAccountDataHandler(
    AccountData data, IOptions<RetentionOptions> options, TimeProvider time, ILogger<DeleteAccountDataHandler> logger)
    : IJobHandler<DeleteAccountData>
{
    /// <summary>When it goes on with what it had no time for.</summary>
    public static readonly TimeSpan GoOnAfter = TimeSpan.FromSeconds(1);

    /// <summary>When it looks whether something was written meanwhile.</summary>
    public static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<DeleteAccountData>> batch, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await DeleteAsync(delivery.Job.AccountId, begun, cancellation));
        return outcomes;
    }

    private async Task<JobOutcome> DeleteAsync(Guid accountId, long begun, CancellationToken cancellation)
    {
        if (await data.HasAccountAsync(accountId, cancellation))
            return JobOutcome.Dead($"The account {accountId} is connected: what is tracked of it is not deleted.");

        var deleted = 0;
        foreach (var table in AccountData.Tables)
        {
            int chunk;
            do
            {
                if (time.GetElapsedTime(begun).TotalSeconds >= options.Value.MaxTurnSeconds)
                    return JobOutcome.Snooze(GoOnAfter, "There is more than a turn has time for.");
                chunk = await data.DeleteAsync(table, accountId, options.Value.ChunkSize, cancellation);
                deleted += chunk;
            }
            while (chunk == options.Value.ChunkSize);
        }

        if (deleted == 0)
            return JobOutcome.Done;
        Log.Deleted(logger, deleted, accountId);
        return JobOutcome.Snooze(LookAgainAfter, "Something was deleted: whether more was written meanwhile is looked at once more.");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Count} rows of account {AccountId}, which was disconnected")]
        public static partial void Deleted(ILogger logger, int count, Guid accountId);
    }
}
