using Npgsql;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>The refresh tokens in <c>mailboxes</c>.</summary>
internal sealed class GraphGrants(NpgsqlDataSource dataSource) : IGraphGrants
{
    // the third kind of lock of a key, beside those of Core/Limits
    private const string LockSql = "SELECT pg_advisory_xact_lock(hashtextextended('graph-grant:' || $1::uuid, 2))";

    private const string ReadSql = "SELECT refresh_token FROM mailboxes WHERE id = $1";

    // not over the grant of a user who has connected it anew meanwhile
    private const string KeepSql = "UPDATE mailboxes SET refresh_token = $3 WHERE id = $1 AND refresh_token = $2";

    public async Task UseAsync(Guid account, Func<byte[], Task<byte[]?>> use, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var turn = new NpgsqlCommand(LockSql, connection, transaction))
        {
            turn.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account });
            await turn.ExecuteNonQueryAsync(cancellation);
        }

        await using var read = new NpgsqlCommand(ReadSql, connection, transaction);
        read.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account });
        if (await read.ExecuteScalarAsync(cancellation) is not byte[] token)
            throw new GraphException(GraphFailure.Refused, "The account is not there any more.");

        if (await use(token) is { } kept)
        {
            await using var keep = new NpgsqlCommand(KeepSql, connection, transaction);
            keep.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = account });
            keep.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = token });
            keep.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = kept });
            await keep.ExecuteNonQueryAsync(CancellationToken.None);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }
}
