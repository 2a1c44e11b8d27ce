using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>A connected mailbox of any provider; never its token.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">gmail or microsoft.</param>
/// <param name="Address">Its address.</param>
/// <param name="Status">active, paused or revoked.</param>
/// <param name="StatusReason">Why it is revoked.</param>
/// <param name="Tracking">What of its sent mail is tracked; null: nothing is.</param>
/// <param name="TrackingSince">Since when; what was sent before gets no reminders.</param>
/// <param name="SubscriptionExpiresAt">Until when the provider tells of changes; renewed early.</param>
/// <param name="SyncedAt">When its changes were last read to the end.</param>
/// <param name="CreatedAt">When it was connected first.</param>
internal sealed record AccountResponse(
    Guid Id,
    string Provider,
    string Address,
    string Status,
    string? StatusReason,
    TrackingPolicy? Tracking,
    DateTimeOffset? TrackingSince,
    DateTimeOffset? SubscriptionExpiresAt,
    DateTimeOffset? SyncedAt,
    DateTimeOffset CreatedAt)
{
    /// <summary>The columns of <see cref="Tables"/>, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        """
        m.id, m.provider, m.address, m.status, m.status_reason, m.tracking, m.tracking_since,
        coalesce(g.subscription_expires_at, m.watch_expires_at), coalesce(g.read_at, m.synced_at), m.created_at
        """;

    /// <summary>An account, and what is known of its changes.</summary>
    public const string Tables = "mailboxes m LEFT JOIN graph_mailboxes g ON g.mailbox_id = m.id";

    private const string Sql = $"SELECT {Columns} FROM {Tables} WHERE m.id = $1 AND m.user_id = $2";

    /// <summary>Finds an account of the user.</summary>
    public static Task<AccountResponse?> FindAsync(NpgsqlDataSource database, Guid id, Guid userId, CancellationToken cancellation) =>
        database.Command(Sql, id, userId).FirstAsync(Read, cancellation);

    /// <summary>Finds an account of the user, as a transaction left it.</summary>
    public static Task<AccountResponse?> FindAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellation) =>
        transaction.Command(Sql, id, userId).FirstAsync(Read, cancellation);

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static AccountResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4),
        row.Text(5) is { } tracking ? TrackingJson.Read(tracking) : null,
        row.Nullable<DateTimeOffset>(6), row.Nullable<DateTimeOffset>(7), row.Nullable<DateTimeOffset>(8),
        row.GetFieldValue<DateTimeOffset>(9));
}
