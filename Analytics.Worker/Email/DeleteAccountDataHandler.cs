using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Analytics.Worker.Retention;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>
/// Deletes what was tracked of accounts that were disconnected, in chunks, as retention does. A batch has its time; what is left then goes
/// on in a moment. Workers.Ingest may have been writing a mail at the moment when the account went: what was deleted or is still being
/// written is looked for again later, until nothing was found.
/// </summary>
internal sealed partial class DeleteAccountDataHandler(
    AccountData data, IOptions<RetentionOptions> options, TimeProvider timeProvider, ILogger<DeleteAccountDataHandler> logger)
    : IJobHandler<DeleteAccountData>
{
    /// <summary>When it goes on with what it had no time for.</summary>
    public static readonly TimeSpan GoOnAfter = TimeSpan.FromSeconds(1);

    /// <summary>When it looks whether something was written meanwhile.</summary>
    public static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<DeleteAccountData>> batch, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await DeleteAsync(delivery.Job.AccountId, started, cancellationToken));
        return outcomes;
    }

    private async Task<JobOutcome> DeleteAsync(Guid accountId, long started, CancellationToken cancellationToken)
    {
        if (await data.HasAccountAsync(accountId, cancellationToken))
            return JobOutcome.Dead($"The account {accountId} is connected: what is tracked of it is not deleted.");

        var deleted = 0;
        foreach (var table in AccountData.Tables)
        {
            int chunk;
            do
            {
                if (timeProvider.GetElapsedTime(started).TotalSeconds >= options.Value.MaxTurnSeconds)
                    return JobOutcome.Snooze(GoOnAfter, "There is more than a run has time for.");
                chunk = await data.DeleteAsync(table, accountId, options.Value.ChunkSize, cancellationToken);
                deleted += chunk;
            }
            while (chunk == options.Value.ChunkSize);
        }

        if (deleted > 0)
            Log.Deleted(logger, deleted, accountId);
        else if (!await data.IsLeftAsync(accountId, cancellationToken))
            return JobOutcome.Done;
        return JobOutcome.Snooze(LookAgainAfter, "Something was deleted or is being written: it is looked for once more.");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Count} rows of account {AccountId}, which was disconnected")]
        public static partial void Deleted(ILogger logger, int count, Guid accountId);
    }
}

/// <summary>What is kept of the mail of an account, in the tables that have no foreign key on it.</summary>
internal sealed class AccountData(NpgsqlDataSource dataSource, PruningMetrics metrics)
{
    private const string HasAccountSql = "SELECT EXISTS (SELECT FROM mailboxes WHERE id = $1)";

    private const string IsLeftSql =
        """
        SELECT EXISTS (SELECT FROM received_emails WHERE account_id = $1)
            OR EXISTS (SELECT FROM tracked_emails WHERE account_id = $1)
            OR EXISTS (SELECT FROM tracked_email_changes WHERE account_id = $1)
        """;

    /// <summary>The tables, each with an index that begins with account_id.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["received_emails", "tracked_emails", "tracked_email_changes"];

    /// <summary>Whether the account is still there: then nothing of it is deleted.</summary>
    public Task<bool> HasAccountAsync(Guid accountId, CancellationToken cancellationToken) =>
        AskAsync(HasAccountSql, accountId, cancellationToken);

    /// <summary>Whether there is anything of the account.</summary>
    public Task<bool> IsLeftAsync(Guid accountId, CancellationToken cancellationToken) => AskAsync(IsLeftSql, accountId, cancellationToken);

    /// <summary>
    /// Deletes at most so many rows of one table; answers how many there were. Rows that are being written are passed over: who records
    /// mail locks them in an order that is not the one of this statement, and the two would deadlock.
    /// </summary>
    public async Task<int> DeleteAsync(string table, Guid accountId, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            DELETE FROM {table}
            WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE account_id = $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        metrics.Pruned(table, deleted);
        return deleted;
    }

    private async Task<bool> AskAsync(string sql, Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
