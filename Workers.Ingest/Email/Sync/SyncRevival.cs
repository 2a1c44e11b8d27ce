using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Gives syncs that nobody goes on with a job again.</summary>
internal sealed class SyncRevival(NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider time)
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
    public async Task ResumeAsync(Guid account, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await StageAsync(
            connection,
            command =>
            {
                command.CommandText = ResumeSql;
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account });
            },
            cancellation);
    }

    /// <summary>Goes on with all that have not moved since a time.</summary>
    public async Task ReviveAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await StageAsync(
            connection,
            command =>
            {
                command.CommandText = StalledSql;
                command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since });
            },
            cancellation);
    }

    private async Task StageAsync(NpgsqlConnection connection, Action<NpgsqlCommand> configure, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var jobs = new List<OutgoingJob>();
        await using (var command = new NpgsqlCommand { Connection = connection, Transaction = transaction })
        {
            configure(command);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                jobs.Add(new(new SyncEmails(Guid.CreateVersion7(time.GetUtcNow()), reader.GetGuid(0))));
        }

        await outbox.StageAsync(connection, transaction, jobs, cancellation);
        await transaction.CommitAsync(cancellation);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();
        await outbox.FlushAsync(jobs, cancellation);
    }
}
