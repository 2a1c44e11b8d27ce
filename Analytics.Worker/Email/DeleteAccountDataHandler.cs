using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Analytics.Worker.Retention;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>
/// Deletes the mail of accounts that were disconnected and what came of it, in chunks, as retention does. A batch has its time; what is
/// left then goes on in a moment. Nothing more is written of an account whose row is gone, but what is being changed at the moment is
/// passed over, so it is looked again until nothing was found.
/// </summary>
internal sealed partial class DeleteAccountDataHandler(
    AccountData data, IOptions<RetentionOptions> options, TimeProvider timeProvider, ILogger<DeleteAccountDataHandler> logger)
    : IJobHandler<DeleteAccountData>
{
    /// <summary>When it goes on with what it had no time for, or looks again for what was being changed.</summary>
    public static readonly TimeSpan GoOnAfter = TimeSpan.FromSeconds(1);

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
        return deleted > 0 || await data.IsLeftAsync(accountId, cancellationToken)
            ? JobOutcome.Snooze(GoOnAfter, "Something was deleted or is being changed: it is looked for once more.")
            : JobOutcome.Done;
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

    /// <summary>Whether the account is still there: then nothing of it is deleted.</summary>
    public Task<bool> HasAccountAsync(Guid accountId, CancellationToken cancellationToken) =>
        dataSource.Command(HasAccountSql, accountId).ScalarAsync<bool>(cancellationToken);

    private const string IsLeftSql =
        """
        SELECT EXISTS (SELECT FROM received_emails WHERE account_id = $1)
            OR EXISTS (SELECT FROM tracked_emails WHERE account_id = $1)
            OR EXISTS (SELECT FROM tracked_email_changes WHERE account_id = $1)
            OR EXISTS (SELECT FROM tracked_email_days WHERE account_id = $1)
            OR EXISTS (SELECT FROM emails WHERE source = 'mailbox:' || $1::uuid)
        """;

    /// <summary>Whether there is anything of the account, or may be in a moment.</summary>
    public Task<bool> IsLeftAsync(Guid accountId, CancellationToken cancellationToken) =>
        AdvisoryLocks.IsLeftAsync(dataSource, IsLeftSql, cancellationToken, accountId);

    // The notifications made of some rows go with them, with their attempts and the sends that wait: those of a key that begins so, which
    // ends before the next character after '/', and those of before there were keys, by their column.
    private static string WithNotifications(string table, string condition, string key, string formerColumn) =>
        $"""
        WITH chunk AS MATERIALIZED (SELECT id, user_id FROM {table} WHERE {condition} LIMIT $2 FOR UPDATE SKIP LOCKED),
        made AS MATERIALIZED (
            SELECT n.id FROM chunk JOIN notifications AS n
            ON n.user_id = chunk.user_id AND n.dedup_key >= '{key}:' || chunk.id || '/' AND n.dedup_key < '{key}:' || chunk.id || '0'
            UNION
            SELECT n.id FROM chunk JOIN notifications AS n ON n.{formerColumn} = chunk.id AND n.user_id = chunk.user_id),
        attempts AS (DELETE FROM notification_attempts WHERE notification_id IN (SELECT id FROM made)),
        sends AS (DELETE FROM scheduled_jobs WHERE id IN (SELECT id FROM made)),
        dead AS (
            DELETE FROM dead_jobs WHERE type = 'send-notification' AND idempotency_key IN (SELECT 'notification:' || id FROM made)),
        notes AS (DELETE FROM notifications WHERE id IN (SELECT id FROM made))
        DELETE FROM {table} WHERE id IN (SELECT id FROM chunk)
        """;

    private static string Rows(string table) =>
        $"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE account_id = $1 LIMIT $2 FOR UPDATE SKIP LOCKED))";

    private static readonly Dictionary<string, string> Sql = new(StringComparer.Ordinal)
    {
        ["emails"] = WithNotifications("emails", "source = 'mailbox:' || $1::uuid", "email", "email_id"),
        ["received_emails"] = Rows("received_emails"),
        ["tracked_emails"] = WithNotifications("tracked_emails", "account_id = $1", "reminder", "tracked_email_id"),
        ["tracked_email_changes"] = Rows("tracked_email_changes"),
        ["tracked_email_days"] = Rows("tracked_email_days"),
        // that its grant was taken back
        ["notifications"] =
            """
            WITH chunk AS MATERIALIZED (
                SELECT id FROM notifications WHERE source = 'tracking' AND source_id = $1 LIMIT $2 FOR UPDATE SKIP LOCKED),
            attempts AS (DELETE FROM notification_attempts WHERE notification_id IN (SELECT id FROM chunk)),
            sends AS (DELETE FROM scheduled_jobs WHERE id IN (SELECT id FROM chunk)),
            dead AS (
                DELETE FROM dead_jobs WHERE type = 'send-notification' AND idempotency_key IN (SELECT 'notification:' || id FROM chunk))
            DELETE FROM notifications WHERE id IN (SELECT id FROM chunk)
            """,
    };

    /// <summary>The tables, in their order; each is asked by an index.</summary>
    public static IReadOnlyList<string> Tables { get; } = [.. Sql.Keys];

    /// <summary>
    /// Deletes at most so many rows of one table; answers how many there were. Rows that are being written are passed over: who records
    /// mail locks them in an order that is not the one of this statement, and the two would deadlock.
    /// </summary>
    public async Task<int> DeleteAsync(string table, Guid accountId, int limit, CancellationToken cancellationToken)
    {
        var deleted = await dataSource.Command(Sql[table], accountId, limit).RunAsync(cancellationToken);
        metrics.Pruned(table, deleted);
        return deleted;
    }
}
