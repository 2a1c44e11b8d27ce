using System.Text.Json;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>A full sync, a row in <c>mail_syncs</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">Whose mail.</param>
/// <param name="Since">From when on; null for all.</param>
/// <param name="BatchSize">How many mails a page has.</param>
/// <param name="State">queued, running, paused, completed, failed or cancelled.</param>
/// <param name="Cursors">How far it has come; null until it is planned.</param>
internal sealed record MailSync(Guid Id, Guid AccountId, DateTimeOffset? Since, int BatchSize, string State, SyncCursors? Cursors)
{
    public bool IsToGoOn => State is "queued" or "running";
}

/// <summary>The rows of <c>mail_syncs</c>. Each statement names the state that it expects, so that two jobs of a sync are
/// harmless.</summary>
internal sealed class SyncRunStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    /// <summary>How many failures of a sync are kept.</summary>
    public const int KeptErrors = 100;

    // a page counts for whoever moves its cursor, and nobody moves it twice
    private const string MoveSql =
        """
        WITH moved AS (
            UPDATE mail_syncs
            SET cursors = $3::jsonb, pages = pages + $4, processed = processed + $5, errors = errors + $6, updated_at = $7,
                state = CASE WHEN $8 THEN 'completed' ELSE 'running' END, finished_at = CASE WHEN $8 THEN $7 END
            WHERE id = $1 AND state = 'running' AND cursors = $2::jsonb
            RETURNING id
        ), noted AS (
            INSERT INTO mail_sync_errors (sync_id, message_id, error, at)
            SELECT moved.id, item.message_id, item.error, $7
            FROM moved, unnest($9::text[], $10::text[]) WITH ORDINALITY AS item (message_id, error, number)
            WHERE item.number + (SELECT count(*) FROM mail_sync_errors AS known WHERE known.sync_id = $1) <= $11
            ON CONFLICT (sync_id, message_id) DO NOTHING
        )
        SELECT count(*) FROM moved
        """;

    /// <summary>A sync; null when there is none of that id.</summary>
    public Task<MailSync?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command("SELECT account_id, since, batch_size, state, cursors::text FROM mail_syncs WHERE id = $1", id).FirstAsync(
            row => new MailSync(
                id, row.GetGuid(0), row.Nullable<DateTimeOffset>(1), row.GetInt32(2), row.GetString(3),
                row.Text(4) is { } cursors ? Cursors(cursors) : null),
            cancellationToken);

    /// <summary>Begins or goes on; a plan is taken if there is none yet.</summary>
    /// <returns>False if it is not to go on.</returns>
    public async Task<bool> BeginAsync(Guid id, SyncPlan? plan, CancellationToken cancellationToken) =>
        await dataSource.Command(
            """
            UPDATE mail_syncs
            SET state = 'running', cursors = coalesce(cursors, $2::jsonb), total = coalesce(total, $3),
            started_at = coalesce(started_at, $4),
                updated_at = $4
            WHERE id = $1 AND state IN ('queued', 'running')
            """,
            id, plan is null ? null : Json(plan.Cursors), plan?.Total, timeProvider.GetUtcNow()).RunAsync(cancellationToken) == 1;

    /// <summary>Moves on, counts what was added, notes what failed, and completes what is done: in one statement.</summary>
    /// <param name="id">The sync.</param>
    /// <param name="from">As the job found it.</param>
    /// <param name="to">After the pages that are recorded now.</param>
    /// <param name="failed">What failed of them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if it is not to go on, or another job has moved it: then nothing was counted.</returns>
    public async Task<bool> MoveAsync(
        Guid id, SyncCursors from, SyncCursors to, IReadOnlyList<FailedMail> failed, CancellationToken cancellationToken)
    {
        var added = to.Counts.Since(from.Counts);
        return await dataSource.Command(
            MoveSql,
            id,
            from.Stored ?? Json(from),
            Json(to),
            added.Pages,
            added.Processed,
            added.Errors,
            timeProvider.GetUtcNow(),
            to.IsDone,
            failed.Select(mail => StorableText.From(mail.ProviderId)).ToArray(),
            failed.Select(mail => StorableText.From(mail.Error)).ToArray(),
            KeptErrors).ScalarAsync<long>(cancellationToken) == 1;
    }

    /// <summary>Ends a sync that can never come to its end.</summary>
    public Task FailAsync(Guid id, string error, CancellationToken cancellationToken) => dataSource.Command(
        "UPDATE mail_syncs SET state = 'failed', error = $2, finished_at = $3, updated_at = $3 WHERE id = $1 AND state IN ('queued', 'running')",
        id, StorableText.From(error), timeProvider.GetUtcNow()).RunAsync(cancellationToken);

    /// <summary>Has a sync wait until its account is active again.</summary>
    public Task PauseAsync(Guid id, CancellationToken cancellationToken) => dataSource.Command(
        "UPDATE mail_syncs SET state = 'paused', updated_at = $2 WHERE id = $1 AND state IN ('queued', 'running')",
        id, timeProvider.GetUtcNow()).RunAsync(cancellationToken);

    internal static string Json(SyncCursors cursors) => JsonSerializer.Serialize(cursors, SyncJson.Default.SyncCursors);

    private static SyncCursors Cursors(string json) =>
        JsonSerializer.Deserialize(json, SyncJson.Default.SyncCursors)! with { Stored = json };
}

/// <summary>Gives syncs that nobody goes on with a job again.</summary>
internal sealed class SyncRevival(NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider timeProvider)
{
    private const string ResumeSql =
        "UPDATE mail_syncs SET state = 'queued', updated_at = $2 WHERE account_id = $1 AND state = 'paused' RETURNING id";

    // those whose job is lost, and those that nobody has woken though their account is active again
    private const string StalledSql =
        """
        UPDATE mail_syncs AS s SET state = CASE s.state WHEN 'paused' THEN 'queued' ELSE s.state END, updated_at = $2
        FROM mailboxes AS m
        WHERE m.id = s.account_id AND m.status = 'active' AND s.state IN ('queued', 'running', 'paused') AND s.updated_at < $1
        RETURNING s.id
        """;

    /// <summary>Goes on with the sync of an account that is active again.</summary>
    public Task ResumeAsync(Guid account, CancellationToken cancellationToken) => StageAsync(ResumeSql, account, cancellationToken);

    /// <summary>Goes on with all that have not moved since a time.</summary>
    public Task ReviveAsync(DateTimeOffset since, CancellationToken cancellationToken) => StageAsync(StalledSql, since, cancellationToken);

    private async Task StageAsync(string sql, object which, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var jobs = await transaction.Command(sql, which, now).ListAsync(
            row => new OutgoingJob(new SyncEmails(Guid.CreateVersion7(now), row.GetGuid(0))), cancellationToken);
        await outbox.CommitAsync(transaction, jobs, cancellationToken);
    }
}
