using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Deletion;

/// <summary>Delete a user and all that is theirs.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="DeletionId">The deletion, a row in <c>deletions</c>; the job does not name the user, and may outlive them.</param>
public sealed record DeleteUserData(Guid Id, Guid DeletionId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("delete-user", 1, JobWorker.Ingest, JobPriority.Low);

    /// <summary>Stops nothing: what is deleted is not there the second time.</summary>
    public string IdempotencyKey => $"delete-user:{DeletionId}";
}

/// <summary>Begins the deletion of a user: from the commit on their keys are good for nothing, and the rest follows.</summary>
public static class UserDeletion
{
    /// <summary>Where the edge keeps whose a key is: keys <c>api-key:{hash}</c>.</summary>
    public const string KeyNamespace = "api-key";

    /// <summary>What the edge keeps of a key begins with, before its hash. A deletion notes these names, so that none is forgotten when
    /// the process that began it dies.</summary>
    public const string KeyCachePrefix = $"{KeyNamespace}:";

    /// <summary>The tag of all that is cached of a user under keys that do not name them.</summary>
    public static string CacheTag(Guid userId) => $"user:{userId}";

    // once a user: asked for again it is the same one; its id is random, since anybody who has it may watch without a key
    private const string BeginSql =
        """
        INSERT INTO deletions (id, user_id, accounts, names, requested_at)
        SELECT gen_random_uuid(), u.id, '{}',
               array(SELECT p.phone_number FROM user_phone_numbers AS p WHERE p.user_id = u.id)
                   || array(SELECT $3 || encode(k.hash, 'hex') FROM api_keys AS k WHERE k.user_id = u.id), $2
        FROM users AS u WHERE u.id = $1
        ON CONFLICT (user_id) WHERE user_id IS NOT NULL DO UPDATE SET user_id = excluded.user_id
        RETURNING id
        """;

    private const string RevokeSql = "DELETE FROM api_keys WHERE user_id = $1 RETURNING hash";

    /// <summary>Begins it in the caller's transaction, unless it has begun.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="userId">The user to delete.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends it; then nothing has begun.</param>
    /// <returns>Null when there is no such user.</returns>
    public static async Task<BegunDeletion?> BeginAsync(
        NpgsqlTransaction transaction, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var begun = await transaction.Command(BeginSql, userId, now, KeyCachePrefix).ListAsync(row => row.GetGuid(0), cancellationToken);
        if (begun is not [var id])
            return null;
        var keys = await transaction.Command(RevokeSql, userId).ListAsync(row => row.GetFieldValue<byte[]>(0), cancellationToken);
        return new(id, keys, [new(new DeleteUserData(Guid.CreateVersion7(now), id))]);
    }
}

/// <summary>A deletion that has begun.</summary>
/// <param name="Id">Its id.</param>
/// <param name="KeyHashes">The hashes of the user's keys, which are gone: for the caches.</param>
/// <param name="Jobs">What does the rest: for <see cref="JobOutbox.CommitAsync"/>.</param>
public sealed record BegunDeletion(Guid Id, IReadOnlyList<byte[]> KeyHashes, OutgoingJob[] Jobs);
