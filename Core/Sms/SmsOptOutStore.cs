using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Sms;

/// <summary>
/// The numbers that nothing may be sent to, for the edge, which receives STOP and START, and for Workers.Dispatch, which asks before each
/// send. An explicit STOP holds until a START ends it. One that was only inferred from a refusal of the provider (error 21610) is
/// believed for <see cref="InferredMemory"/>; then a message asks the provider, which knows whether the number has said START to it since.
/// </summary>
public sealed class SmsOptOutStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    // Providers deliver webhooks again: a STOP that comes a second time must not undo the START that came in between.
    private const string OnceSql =
        """
        WITH applied AS (
            INSERT INTO sms_opt_changes (message_sid, applied_at) VALUES ($2, $3)
            ON CONFLICT DO NOTHING
            RETURNING message_sid
        )
        """;

    private const string StopSql =
        $"""
        {OnceSql}
        INSERT INTO sms_opt_outs (phone_number, opted_out_at, reason)
        SELECT $1, $3, 'stop' FROM applied
        ON CONFLICT (phone_number) DO UPDATE SET opted_out_at = excluded.opted_out_at, reason = excluded.reason
        """;

    private const string StartSql =
        $"""
        {OnceSql}
        DELETE FROM sms_opt_outs WHERE phone_number = $1 AND EXISTS (SELECT FROM applied)
        """;

    private const string InferOnceSql =
        $"""
        {OnceSql}
        INSERT INTO sms_opt_outs AS known (phone_number, opted_out_at, reason)
        SELECT $1, $3, '21610' FROM applied
        ON CONFLICT (phone_number) DO UPDATE SET opted_out_at = excluded.opted_out_at
        WHERE known.reason <> 'stop'
        """;

    /// <summary>How long an inferred opt-out is believed.</summary>
    public static TimeSpan InferredMemory { get; } = TimeSpan.FromDays(30);

    /// <summary>Since when nothing may be sent to the number; null if it may.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<DateTimeOffset?> FindAsync(string phoneNumber, CancellationToken cancellationToken)
    {
        var found = await dataSource.Command(
            "SELECT opted_out_at FROM sms_opt_outs WHERE phone_number = $1 AND (reason = 'stop' OR opted_out_at > $2)",
            Known(phoneNumber), timeProvider.GetUtcNow() - InferredMemory)
            .ListAsync(row => row.GetFieldValue<DateTimeOffset>(0), cancellationToken);
        return found is [var at] ? at : null;
    }

    /// <summary>The number said STOP, in an SMS that is applied once.</summary>
    public Task StopAsync(string phoneNumber, string messageSid, CancellationToken cancellationToken) =>
        ApplyAsync(StopSql, phoneNumber, messageSid, cancellationToken);

    /// <summary>The number said START, in an SMS that is applied once.</summary>
    public Task StartAsync(string phoneNumber, string messageSid, CancellationToken cancellationToken) =>
        ApplyAsync(StartSql, phoneNumber, messageSid, cancellationToken);

    /// <summary>A status callback of a message says that the provider did not send it for an opt-out (21610); applied once a
    /// message.</summary>
    public Task InferAsync(string phoneNumber, string messageSid, CancellationToken cancellationToken) =>
        ApplyAsync(InferOnceSql, phoneNumber, messageSid, cancellationToken);

    /// <summary>The provider has just refused a message for an opt-out (21610).</summary>
    public Task InferAsync(string phoneNumber, CancellationToken cancellationToken) => dataSource.Command(
        // what the number said itself counts for more than what was inferred
        """
        INSERT INTO sms_opt_outs AS known (phone_number, opted_out_at, reason) VALUES ($1, $2, '21610')
        ON CONFLICT (phone_number) DO UPDATE SET opted_out_at = excluded.opted_out_at
        WHERE known.reason <> 'stop'
        """,
        Known(phoneNumber), timeProvider.GetUtcNow()).RunAsync(cancellationToken);

    private Task<int> ApplyAsync(string sql, string phoneNumber, string messageSid, CancellationToken cancellationToken) =>
        dataSource.Command(sql, Known(phoneNumber), messageSid, timeProvider.GetUtcNow()).RunAsync(cancellationToken);

    private static string Known(string phoneNumber) => PhoneNumber.ContactOf(phoneNumber) ?? phoneNumber;
}
