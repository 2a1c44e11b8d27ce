using Npgsql;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>
/// The numbers that said STOP. One is believed for <see cref="Memory"/>; then a message asks the provider, who knows whether
/// the number has said START to it since.
/// </summary>
internal sealed class SmsOptOuts(NpgsqlDataSource dataSource, TimeProvider time) : IDisposable
{
    private const string FindSql = "SELECT opted_out_at FROM sms_opt_outs WHERE phone_number = $1 AND opted_out_at > $2";

    private const string RecordSql =
        """
        INSERT INTO sms_opt_outs (phone_number, opted_out_at, reason)
        VALUES ($1, $2, '21610')
        ON CONFLICT (phone_number) DO UPDATE SET opted_out_at = excluded.opted_out_at, reason = excluded.reason
        """;

    private const int AtOnce = 4;

    private static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    // a batch of sends must not take the whole pool
    private readonly SemaphoreSlim _lookups = new(AtOnce);

    /// <summary>When the number said STOP; null if it did not, or long ago.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<DateTimeOffset?> FindAsync(string phoneNumber, CancellationToken cancellation)
    {
        await _lookups.WaitAsync(cancellation);
        try
        {
            await using var command = dataSource.CreateCommand(FindSql);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = phoneNumber });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() - Memory });
            return await command.ExecuteScalarAsync(cancellation) is DateTime at ? at : null;
        }
        finally
        {
            _lookups.Release();
        }
    }

    /// <summary>Records that the provider refused a message for it (21610).</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task RecordAsync(string phoneNumber, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(RecordSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = phoneNumber });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public void Dispose() => _lookups.Dispose();
}
