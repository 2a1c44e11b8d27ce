using Npgsql;
using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Reads the accounts in <c>mailboxes</c>, of any provider.</summary>
internal sealed class MailAccounts(NpgsqlDataSource dataSource)
{
    /// <summary>What <see cref="Read"/> reads, from <c>mailboxes AS m</c>.</summary>
    public const string Columns =
        "m.id, m.user_id, m.provider, m.address, m.status = 'active', m.tracking::text, m.tracking_since, m.created_at";

    /// <summary>How many columns that are.</summary>
    public const int ColumnCount = 8;

    private const string FindSql = $"SELECT {Columns} FROM mailboxes AS m WHERE m.id = $1";

    /// <summary>An account; null when there is none of that id.</summary>
    public async Task<MailAccount?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(FindSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Read(reader) : null;
    }

    /// <summary>The account of a row that begins with <see cref="Columns"/>.</summary>
    public static MailAccount Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.GetString(2),
        row.GetString(3),
        row.GetBoolean(4),
        row.IsDBNull(5) ? null : TrackingJson.Read(row.GetString(5)),
        row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
        row.GetFieldValue<DateTimeOffset>(7));
}
