using Npgsql;
using Switchboard.Edge.Api.Database;

namespace Switchboard.Edge.Api.TrackedEmails;

/// <summary>
/// The accounts that a question is about, all of its asker's, as they are now. The version of each counts up with all that changes what
/// is tracked of it, in the same transaction: who keeps an answer keeps it under these versions.
/// </summary>
/// <param name="Ids">The accounts, in order.</param>
/// <param name="Versions">The version of each.</param>
internal sealed record OwnedAccounts(Guid[] Ids, long[] Versions)
{
    // idx_mailboxes_user
    private const string Sql =
        "SELECT id, data_version FROM mailboxes WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY id";

    /// <summary>For whom an optimisation is turned on or off: the account, if it is one.</summary>
    public Guid? Only => Ids is [var one] ? one : null;

    /// <summary>All accounts of a user, or the one that was asked for; none when that is another's.</summary>
    public static async Task<OwnedAccounts> FindAsync(
        NpgsqlDataSource database, Guid userId, Guid? accountId, CancellationToken cancellation)
    {
        var found = await database.Command(Sql, userId, accountId).ListAsync(row => (Id: row.GetGuid(0), Version: row.GetInt64(1)), cancellation);
        return new([.. found.Select(one => one.Id)], [.. found.Select(one => one.Version)]);
    }
}
