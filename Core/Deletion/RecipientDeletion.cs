using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Deletion;

/// <summary>Delete what is left of a recipient who is gone.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose recipient it was.</param>
/// <param name="RecipientId">The recipient.</param>
public sealed record DeleteRecipientData(Guid Id, Guid UserId, Guid RecipientId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("delete-recipient-data", 1, JobWorker.Ingest, JobPriority.Low);

    /// <summary>Stops nothing: what is deleted is not there the second time.</summary>
    public string IdempotencyKey => $"delete-recipient-data:{RecipientId}";
}

/// <summary>
/// Deletes a recipient with all that is theirs: in one transaction where that is little, else what is left in a job. What refers to a row
/// in <c>recipients</c> by a foreign key goes with it; all else is a statement here.
/// </summary>
public static class RecipientDeletion
{
    private const int ChunkSize = 500;

    private const string DeleteSql =
        """
        WITH gone AS (DELETE FROM recipients WHERE user_id = $1 AND external_id = $2 RETURNING id),
             counted AS (UPDATE users SET recipients = recipients - 1 WHERE id = $1 AND EXISTS (SELECT FROM gone)),
             preferences AS (DELETE FROM recipient_preferences WHERE user_id = $1 AND recipient_id IN (SELECT id FROM gone))
        SELECT id FROM gone
        """;

    // What is a recipient's and does not go with the row in recipients, and whether there is any: of the user $1, the recipient $2, at most
    // $3 at once. A table that has more of them is named here.
    private static readonly (string Delete, string Any)[] Owned =
    [
        (NotificationDeletion.Chunk("user_id = $1 AND recipient_id = $2", "$3"),
            "SELECT FROM notifications WHERE user_id = $1 AND recipient_id = $2"),
        Rows("notify_digests"),
        Rows("notify_deliveries"),
    ];

    private static readonly string LeftSql = $"SELECT {string.Join(" OR ", Owned.Select(owned => $"EXISTS ({owned.Any})"))}";

    // what is just being released is passed over, and met by the next try
    private static (string Delete, string Any) Rows(string table) => (
        $"""
        DELETE FROM {table}
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE user_id = $1 AND recipient_id = $2 LIMIT $3 FOR UPDATE SKIP LOCKED))
        """,
        $"SELECT FROM {table} WHERE user_id = $1 AND recipient_id = $2");

    /// <summary>Deletes a recipient in the caller's transaction.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="userId">Whose recipient it is.</param>
    /// <param name="externalId">What the user calls them.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends it; then nothing is deleted.</param>
    /// <returns>Null when there is no such recipient.</returns>
    public static async Task<DeletedRecipient?> RunAsync(
        NpgsqlTransaction transaction, Guid userId, string externalId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (await transaction.Command(DeleteSql, userId, externalId).ListAsync(row => row.GetGuid(0), cancellationToken) is not [var id])
            return null;
        foreach (var (sql, _) in Owned)
            await transaction.Command(sql, userId, id, ChunkSize).RunAsync(cancellationToken);
        var isLeft = await transaction.Command(LeftSql, userId, id).ScalarAsync<bool>(cancellationToken);
        return new(id, isLeft ? [new(new DeleteRecipientData(Guid.CreateVersion7(now), userId, id))] : []);
    }

    /// <summary>Deletes some of what is left of a recipient who is gone.</summary>
    /// <returns>How many rows that were.</returns>
    public static async Task<int> DeleteChunksAsync(NpgsqlDataSource dataSource, Guid userId, Guid id, CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var (sql, _) in Owned)
            deleted += await dataSource.Command(sql, userId, id, ChunkSize).RunAsync(cancellationToken);
        return deleted;
    }

    /// <summary>Whether anything is left of a recipient.</summary>
    public static Task<bool> IsAnyLeftAsync(NpgsqlDataSource dataSource, Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(LeftSql, userId, id).ScalarAsync<bool>(cancellationToken);
}

/// <summary>A recipient that was deleted.</summary>
/// <param name="Id">Its row, which is gone: for the caches.</param>
/// <param name="Jobs">What does the rest: for <see cref="JobOutbox.CommitAsync"/>.</param>
public sealed record DeletedRecipient(Guid Id, OutgoingJob[] Jobs);

/// <summary>Deletes notifications with what belongs to them.</summary>
public static class NotificationDeletion
{
    /// <summary>
    /// A statement that deletes some notifications with their attempts, and their sends that wait or died, which have their ids. One that
    /// is being written is passed over: who sends locks them in another order, and the two would deadlock.
    /// </summary>
    /// <param name="which">SQL: whose.</param>
    /// <param name="limit">SQL: how many.</param>
    public static string Chunk(string which, string limit) =>
        $"""
        WITH chunk AS MATERIALIZED (SELECT id FROM notifications WHERE {which} LIMIT {limit} FOR UPDATE SKIP LOCKED),
             attempts AS (DELETE FROM notification_attempts WHERE notification_id IN (SELECT id FROM chunk)),
             sends AS (DELETE FROM scheduled_jobs WHERE id IN (SELECT id FROM chunk)),
             dead AS (
                 DELETE FROM dead_jobs
                 WHERE type = 'send-notification' AND idempotency_key IN (SELECT 'notification:' || id FROM chunk))
        DELETE FROM notifications WHERE id IN (SELECT id FROM chunk)
        """;
}
