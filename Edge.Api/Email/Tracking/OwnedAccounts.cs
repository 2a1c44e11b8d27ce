using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>
/// The accounts that a question is about, all of its asker's, as they are now. The version of each counts up with all that changes what
/// is tracked of it, in the same transaction: who keeps an answer keeps it under these versions.
/// </summary>
/// <param name="Ids">The accounts, in order.</param>
/// <param name="Versions">The version of each.</param>
internal sealed record OwnedAccounts(Guid[] Ids, long[] Versions)
{
    private const string Sql = "SELECT id, data_version FROM mailboxes WHERE id = ANY ($1) AND user_id = $2 ORDER BY id";

    /// <summary>For whom an optimisation is turned on or off: the account, if it is one.</summary>
    public Guid? Only => Ids is [var one] ? one : null;

    /// <summary>Those of these accounts that are there and the user's.</summary>
    public static async Task<OwnedAccounts> FindAsync(
        NpgsqlDataSource database, Guid userId, Guid[] ids, CancellationToken cancellation)
    {
        if (ids.Length == 0)
            return new([], []);
        var found = await database.Command(Sql, ids, userId).ListAsync(row => (Id: row.GetGuid(0), Version: row.GetInt64(1)), cancellation);
        return new([.. found.Select(one => one.Id)], [.. found.Select(one => one.Version)]);
    }
}
