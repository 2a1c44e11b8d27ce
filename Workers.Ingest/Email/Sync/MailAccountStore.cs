using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>A mailbox that a user has connected, at any provider.</summary>
/// <param name="Id">The account, a row in <c>mailboxes</c>.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Provider">One of <see cref="MailProviders.All"/>.</param>
/// <param name="Address">Its address.</param>
/// <param name="IsActive">Whether it is to be read.</param>
/// <param name="Policy">What is tracked; null: only what is asked for.</param>
/// <param name="TrackingSince">Mail sent before gets no reminders.</param>
/// <param name="CreatedAt">When it was connected.</param>
internal sealed record MailAccount(
    Guid Id,
    Guid UserId,
    string Provider,
    string Address,
    bool IsActive,
    TrackingPolicy? Policy,
    DateTimeOffset? TrackingSince,
    DateTimeOffset CreatedAt)
{
    /// <summary>As its mail is recorded.</summary>
    public TrackedMailbox Tracked => new(Id, UserId, Address, Policy, TrackingSince);
}

/// <summary>Reads the accounts in <c>mailboxes</c>, of any provider.</summary>
internal sealed class MailAccountStore(NpgsqlDataSource dataSource)
{
    /// <summary>What <see cref="Read"/> reads, from <c>mailboxes AS m</c>.</summary>
    public const string Columns =
        "m.id, m.user_id, m.provider, m.address, m.status = 'active', m.tracking::text, m.tracking_since, m.created_at";

    /// <summary>How many columns that are.</summary>
    public const int ColumnCount = 8;

    /// <summary>An account; null when there is none of that id.</summary>
    public Task<MailAccount?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command($"SELECT {Columns} FROM mailboxes AS m WHERE m.id = $1", id).FirstAsync(Read, cancellationToken);

    /// <summary>The account of a row that begins with <see cref="Columns"/>.</summary>
    public static MailAccount Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.GetString(2),
        row.GetString(3),
        row.GetBoolean(4),
        row.Text(5) is { } policy ? TrackingJson.Read(policy) : null,
        row.Nullable<DateTimeOffset>(6),
        row.GetFieldValue<DateTimeOffset>(7));
}
