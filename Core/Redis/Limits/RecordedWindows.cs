using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Core.Redis.Limits;

/// <summary>The windows in Postgres: no permit is used that is not counted here.</summary>
internal sealed partial class RecordedWindows(NpgsqlDataSource database, IOptions<LimitOptions> options, ILogger<RecordedWindows> logger)
{
    private const string RecordSql = "SELECT granted, retry_after, lease FROM check_and_record_rate_limit($1, $2, $3, $4, $5, $6)";

    private const string GiveBackSql = "UPDATE rate_limit_windows SET permits = permits - $2 WHERE id = $1 AND permits >= $2";

    private volatile bool _away;

    /// <summary>Records up to so many permits, if at least as many as are needed are free; null while Postgres is away.</summary>
    public async Task<RecordedGrant?> RecordAsync(string key, RateLimit limit, int wanted, int needed, CancellationToken cancellation)
    {
        try
        {
            await using var command = database.CreateCommand(RecordSql);
            command.CommandTimeout = options.Value.PostgresTimeoutSeconds;
            foreach (var value in new object[] { key, limit.Permits, limit.Window, wanted, needed, LeasePlan.Life(limit) })
                command.Parameters.Add(new() { Value = value });
            await using var row = await command.ExecuteReaderAsync(cancellation);
            await row.ReadAsync(cancellation);
            var grant = new RecordedGrant(row.GetInt32(0), row.GetTimeSpan(1), row.IsDBNull(2) ? 0 : row.GetInt64(2));
            Return();
            return grant;
        }
        catch (NpgsqlException exception) when (DependencyFailure.Is(exception))
        {
            Leave(exception);
            return null;
        }
    }

    /// <summary>
    /// Takes off what was certainly not used. Tried once: done twice it would free permits that were used; not done,
    /// they count until their window has passed.
    /// </summary>
    public async Task GiveBackAsync(long lease, int permits, CancellationToken cancellation)
    {
        try
        {
            await using var command = database.CreateCommand(GiveBackSql);
            command.CommandTimeout = options.Value.PostgresTimeoutSeconds;
            command.Parameters.Add(new() { Value = lease });
            command.Parameters.Add(new() { Value = permits });
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (NpgsqlException exception) when (DependencyFailure.Is(exception))
        {
            Leave(exception);
        }
    }

    private void Return()
    {
        if (!_away)
            return;
        _away = false;
        Log.Back(logger);
    }

    private void Leave(Exception exception)
    {
        if (_away)
            return;
        _away = true;
        Log.Away(logger, exception);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning,
            Message = "Postgres is away: no permits for calls to providers are granted but those that were recorded before.")]
        public static partial void Away(ILogger logger, Exception exception);

        [LoggerMessage(Level = LogLevel.Information, Message = "Postgres is back: permits for calls to providers are granted again.")]
        public static partial void Back(ILogger logger);
    }
}
