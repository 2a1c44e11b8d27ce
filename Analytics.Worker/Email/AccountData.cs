using Npgsql;
using Switchboard.Analytics.Worker.Retention;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>What is kept of the mail of an account, in the tables that have no foreign key on it.</summary>
internal sealed class AccountData(NpgsqlDataSource dataSource, PruningMetrics metrics)
{
    /// <summary>The tables, each with an index that begins with account_id.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["received_emails", "tracked_emails", "tracked_email_changes"];

    /// <summary>Whether the account is still there: then nothing of it is deleted.</summary>
    public async Task<bool> HasAccountAsync(Guid accountId, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand("SELECT EXISTS (SELECT FROM mailboxes WHERE id = $1)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Deletes at most so many rows of one table; answers how many there were.</summary>
    public async Task<int> DeleteAsync(string table, Guid accountId, int limit, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(
            $"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE account_id = $1 LIMIT $2))");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = accountId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var deleted = await command.ExecuteNonQueryAsync(cancellation);
        if (deleted > 0)
            metrics.Pruned(table, deleted);
        return deleted;
    }
}
