using System.Text.Json;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
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
internal sealed class SyncStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    /// <summary>How many failures of a sync are kept.</summary>
    public const int KeptErrors = 100;

    private const string FindSql = "SELECT account_id, since, batch_size, state, cursors::text FROM mail_syncs WHERE id = $1";

    private const string BeginSql =
        """
        UPDATE mail_syncs
        SET state = 'running', cursors = coalesce(cursors, $2::jsonb), total = coalesce(total, $3), started_at = coalesce(started_at, $4), updated_at = $4
        WHERE id = $1 AND state IN ('queued', 'running')
        """;

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
    public async Task<MailSync?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(FindSql);
        Add(command, id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                id,
                reader.GetGuid(0),
                reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1),
                reader.GetInt32(2),
                reader.GetString(3),
                reader.IsDBNull(4) ? null : Cursors(reader.GetString(4)))
            : null;
    }

    /// <summary>Begins or goes on; a plan is taken if there is none yet.</summary>
    /// <returns>False if it is not to go on.</returns>
    public async Task<bool> BeginAsync(Guid id, SyncPlan? plan, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(BeginSql);
        Add(command, id);
        Add(command, plan is null ? null : Json(plan.Cursors));
        Add(command, plan?.Total);
        Add(command, timeProvider.GetUtcNow());
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

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
        await using var command = dataSource.CreateCommand(MoveSql);
        Add(command, id);
        Add(command, from.Stored ?? Json(from));
        Add(command, Json(to));
        Add(command, added.Pages);
        Add(command, added.Processed);
        Add(command, added.Errors);
        Add(command, timeProvider.GetUtcNow());
        Add(command, to.IsDone);
        Add(command, failed.Select(mail => StorableText.From(mail.ProviderId)).ToArray());
        Add(command, failed.Select(mail => StorableText.From(mail.Error)).ToArray());
        Add(command, KeptErrors);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == 1;
    }

    /// <summary>Ends a sync that can never come to its end.</summary>
    public async Task FailAsync(Guid id, string error, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "UPDATE mail_syncs SET state = 'failed', error = $2, finished_at = $3, updated_at = $3 WHERE id = $1 AND state IN ('queued', 'running')");
        Add(command, id);
        Add(command, StorableText.From(error));
        Add(command, timeProvider.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Has a sync wait until its account is active again.</summary>
    public async Task PauseAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "UPDATE mail_syncs SET state = 'paused', updated_at = $2 WHERE id = $1 AND state IN ('queued', 'running')");
        Add(command, id);
        Add(command, timeProvider.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal static string Json(SyncCursors cursors) => JsonSerializer.Serialize(cursors, SyncJson.Default.SyncCursors);

    private static SyncCursors Cursors(string json) =>
        JsonSerializer.Deserialize(json, SyncJson.Default.SyncCursors)! with { Stored = json };

    private static void Add<T>(NpgsqlCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
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
    public async Task ResumeAsync(Guid account, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await StageAsync(
            connection,
            command =>
            {
                command.CommandText = ResumeSql;
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account });
            },
            cancellationToken);
    }

    /// <summary>Goes on with all that have not moved since a time.</summary>
    public async Task ReviveAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await StageAsync(
            connection,
            command =>
            {
                command.CommandText = StalledSql;
                command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since });
            },
            cancellationToken);
    }

    private async Task StageAsync(NpgsqlConnection connection, Action<NpgsqlCommand> configure, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var jobs = new List<OutgoingJob>();
        await using (var command = new NpgsqlCommand { Connection = connection, Transaction = transaction })
        {
            configure(command);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = timeProvider.GetUtcNow() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                jobs.Add(new(new SyncEmails(Guid.CreateVersion7(timeProvider.GetUtcNow()), reader.GetGuid(0))));
        }

        await outbox.CommitAsync(transaction, jobs, cancellationToken);
    }
}
