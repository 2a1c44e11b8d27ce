using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>What recipients follow: a row in <c>topics</c>.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Topic(Guid Id, string Name, DateTimeOffset CreatedAt);

/// <summary>The topics of users and who follows them. <see cref="RecipientStore.MembersAsync"/> reads the members.</summary>
public sealed class TopicStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    private const int DeletedAtOnce = 5_000;
    private const string Columns = "id, name, created_at";

    private const string FindSql = $"SELECT {Columns} FROM topics WHERE user_id = $1 AND name = $2";

    /// <summary>A topic by its name; null if there is none.</summary>
    public Task<Topic?> FindAsync(Guid userId, string name, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, userId, name).FirstAsync(Read, cancellationToken);

    private const string ListSql =
        $"SELECT {Columns} FROM topics WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";

    /// <summary>A user's topics, the newest first, after one of them.</summary>
    public Task<List<Topic>> ListAsync(Guid userId, Guid? after, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, after, take).ListAsync(Read, cancellationToken);

    // the user's row is held, so that topics made at once count each other
    private const string HoldSql = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";

    private const string CreateSql =
        $"""
        INSERT INTO topics (id, user_id, name, created_at)
        SELECT $2, $1, $3, $4 WHERE (SELECT count(*) FROM topics WHERE user_id = $1) < $5
        ON CONFLICT (user_id, name) DO NOTHING
        RETURNING {Columns}
        """;

    /// <summary>Makes a topic, unless there is one of that name.</summary>
    /// <param name="userId">Whose it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="atMost">How many a user has at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The topic, and whether it is new; null when there are as many as there may be.</returns>
    public async Task<(Topic Topic, bool IsNew)?> CreateAsync(Guid userId, string name, int atMost, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.Command(HoldSql, userId).RunAsync(cancellationToken);
        if (await transaction.Command(FindSql, userId, name).FirstAsync(Read, cancellationToken) is { } known)
            return (known, false);

        var now = timeProvider.GetUtcNow();
        var made = await transaction.Command(CreateSql, userId, Guid.CreateVersion7(now), name, now, atMost)
            .FirstAsync(Read, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return made is null ? null : (made, true);
    }

    private const string DeleteMembersSql =
        """
        DELETE FROM topic_members
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM topic_members WHERE topic_id = $1 AND user_id = $2 LIMIT $3))
        """;

    private const string DeleteSql = "DELETE FROM topics WHERE id = $1 AND user_id = $2";

    /// <summary>Deletes a topic: its members first, some at a time, since there may be millions.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DeleteAsync(Guid userId, string name, CancellationToken cancellationToken)
    {
        if (await FindAsync(userId, name, cancellationToken) is not { Id: var id })
            return false;
        while (await dataSource.Command(DeleteMembersSql, id, userId, DeletedAtOnce).RunAsync(cancellationToken) == DeletedAtOnce)
        {
        }

        return await dataSource.Command(DeleteSql, id, userId).RunAsync(cancellationToken) > 0;
    }

    // who is there is held, so that none is deleted meanwhile
    private const string AddSql =
        """
        WITH known AS MATERIALIZED (
            SELECT id, external_id FROM recipients WHERE user_id = $1 AND external_id = ANY ($3) ORDER BY id FOR KEY SHARE),
        added AS (
            INSERT INTO topic_members (topic_id, recipient_id, user_id) SELECT $2, id, $1 FROM known ORDER BY id
            ON CONFLICT DO NOTHING)
        SELECT external_id FROM known
        """;

    /// <summary>Adds recipients by their user's own ids; who is a member already stays one.</summary>
    /// <returns>Those that are there.</returns>
    public async Task<IReadOnlySet<string>> AddMembersAsync(
        Guid userId, Guid topicId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        var known = await dataSource.Command(AddSql, userId, topicId, externalIds.ToArray())
            .ListAsync(row => row.GetString(0), cancellationToken);
        return known.ToHashSet();
    }

    private const string RemoveSql =
        """
        DELETE FROM topic_members
        WHERE topic_id = $2 AND user_id = $1
          AND recipient_id IN (SELECT id FROM recipients WHERE user_id = $1 AND external_id = ANY ($3))
        """;

    /// <summary>Takes recipients out.</summary>
    /// <returns>How many were members.</returns>
    public Task<int> RemoveMembersAsync(
        Guid userId, Guid topicId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) =>
        dataSource.Command(RemoveSql, userId, topicId, externalIds.ToArray()).RunAsync(cancellationToken);

    private static Topic Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2));
}
