using Npgsql;
using Switchboard.Core.Jobs.Consuming;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Redis.Limits;

/// <summary>The slots in Postgres: each one held is recorded here, for its holder or for Redis to give on.</summary>
internal sealed class RecordedSlots(NpgsqlDataSource dataSource, IOptions<LimitOptions> options)
{
    private const string HoldSql = "SELECT hold_concurrency_slots($1, $2, $3, $4, $5)";

    private const string ReleaseSql = "DELETE FROM rate_limit_slots WHERE key = $1 AND holder = $2";

    /// <summary>Holds up to so many slots from now on; answers how many it holds, or null while Postgres is unavailable.</summary>
    public Task<int?> HoldAsync(string key, int limit, string holder, int wanted, TimeSpan holdFor, CancellationToken cancellationToken) =>
        AskAsync(HoldSql, cancellationToken, key, limit, holder, wanted, holdFor);

    /// <summary>Lets go of them.</summary>
    public Task ReleaseAsync(string key, string holder) => AskAsync(ReleaseSql, CancellationToken.None, key, holder);

    private async Task<int?> AskAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        try
        {
            await using var command = dataSource.Command(sql, values);
            command.CommandTimeout = options.Value.PostgresTimeoutSeconds;
            return await command.ExecuteScalarAsync(cancellationToken) as int?;
        }
        catch (NpgsqlException exception) when (DependencyFailure.Is(exception))
        {
            // no slot is granted without it; what is held ends by itself
            return null;
        }
    }
}
