using Npgsql;

namespace Switchboard.Core.Postgres;

/// <summary>
/// How the rows of a table are read of which each user has some, with ids that rise with their time: one by its id, all newest first, and how
/// many. Each statement names the user. Of a table with an index on (user_id, id).
/// </summary>
/// <typeparam name="T">What a row is read as.</typeparam>
/// <param name="dataSource">Its database.</param>
/// <param name="table">The table, called <c>t</c>; no input of anybody.</param>
/// <param name="columns">What is read of a row.</param>
/// <param name="read">Reads it.</param>
public sealed class OwnedRows<T>(NpgsqlDataSource dataSource, string table, string columns, Func<NpgsqlDataReader, T> read)
    where T : class
{
    private readonly string _find = $"SELECT {columns} FROM {table} AS t WHERE t.user_id = $1 AND t.id = $2";

    /// <summary>One of a user; null when they have none of that id.</summary>
    public Task<T?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(_find, userId, id).FirstAsync(read, cancellationToken);

    /// <summary>One of a user, which stays so until the end of the transaction.</summary>
    public Task<T?> LockAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command($"{_find} FOR UPDATE OF t", userId, id).FirstAsync(read, cancellationToken);

    private readonly string _list =
        $"""
        SELECT {columns} FROM {table} AS t
        WHERE t.user_id = $1 AND ($2::uuid IS NULL OR t.id < $2) ORDER BY t.id DESC OFFSET $3 LIMIT $4
        """;

    /// <summary>Those of a user, newest first.</summary>
    public Task<List<T>> ListAsync(Guid userId, Guid? after, int skip, int take, CancellationToken cancellationToken) =>
        dataSource.Command(_list, userId, after, skip, take).ListAsync(read, cancellationToken);

    private readonly string _count = $"SELECT count(*)::int FROM (SELECT FROM {table} WHERE user_id = $1 LIMIT $2) AS counted";

    /// <summary>How many a user has, counted so far.</summary>
    public Task<int> CountAsync(Guid userId, int atMost, CancellationToken cancellationToken) =>
        dataSource.Command(_count, userId, atMost).ScalarAsync<int>(cancellationToken);

    private const string LockUserSql = "SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE";

    /// <summary>The same for who makes one: nobody else makes one of the user's before the transaction ends.</summary>
    public async Task<int> CountAsync(NpgsqlTransaction transaction, Guid userId, int atMost, CancellationToken cancellationToken)
    {
        // a statement of its own: the next one sees those for which this one waited
        await transaction.Command(LockUserSql, userId).RunAsync(cancellationToken);
        return await transaction.Command(_count, userId, atMost).ScalarAsync<int>(cancellationToken);
    }
}
