using Switchboard.Core.Email;

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

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static AccountResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4),
        row.Text(5) is { } tracking ? TrackingJson.Read(tracking) : null,
        row.Nullable<DateTimeOffset>(6), row.Nullable<DateTimeOffset>(7), row.Nullable<DateTimeOffset>(8),
        row.GetFieldValue<DateTimeOffset>(9));
}

/// <summary>What decides whether an account may be changed.</summary>
internal sealed record LockedAccount(Guid Id, string Provider, string Address, string Status);

/// <summary>What decides whether mail of an account can be asked for.</summary>
internal sealed record AccountState(string Status, bool IsTracked);

/// <summary>
/// The accounts that a question is about, all of its user, as they are now. The version of each counts up with all that changes what
/// is tracked of it, in the same transaction: answers are cached under these versions.
/// </summary>
/// <param name="UserId">Whose they are.</param>
/// <param name="Ids">The accounts, in order.</param>
/// <param name="Versions">The version of each.</param>
internal sealed record OwnedAccounts(Guid UserId, Guid[] Ids, long[] Versions)
{
    /// <summary>The account that an optimisation is turned on or off for, if it is one.</summary>
    public Guid? Only => Ids is [var one] ? one : null;
}

/// <summary>The status of an account, as stored and shown.</summary>
internal static class AccountStatus
{
    /// <summary>Its mail is read.</summary>
    public const string Active = "active";

    /// <summary>Its user wants it not to be read for now.</summary>
    public const string Paused = "paused";

    /// <summary>Its authorization was taken back, or ended: it must be connected again.</summary>
    public const string Revoked = "revoked";

    /// <summary>Why nothing of its mail can be asked for, and what to do; null when it is active.</summary>
    public static string? Refusal(string status) => status switch
    {
        Active => null,
        Paused => "The account is paused. Set its status to active at PATCH /api/accounts/email/{id}.",
        _ => "The permission to read this mailbox was taken back or has ended. Connect it again at POST /api/accounts/email.",
    };
}
