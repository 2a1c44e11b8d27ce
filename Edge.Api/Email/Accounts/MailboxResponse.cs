using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>A connected mailbox; never its token.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">gmail.</param>
/// <param name="Address">Its address.</param>
/// <param name="Status">active, paused or revoked (its user took the permission back).</param>
/// <param name="StatusReason">Why it is not active.</param>
/// <param name="WatchExpiresAt">Until when the provider pushes; renewed daily.</param>
/// <param name="SyncedAt">When it was last read to the end.</param>
/// <param name="CreatedAt">When it was connected first.</param>
internal sealed record MailboxResponse(
    Guid Id,
    string Provider,
    string Address,
    string Status,
    string? StatusReason,
    DateTimeOffset? WatchExpiresAt,
    DateTimeOffset? SyncedAt,
    DateTimeOffset CreatedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, provider, address, status, status_reason, watch_expires_at, synced_at, created_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static MailboxResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4),
        row.Nullable<DateTimeOffset>(5), row.Nullable<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7));
}
