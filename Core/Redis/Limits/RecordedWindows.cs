using Npgsql;
using Switchboard.Core.Jobs.Consuming;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Redis.Limits;

/// <summary>What Postgres answered to a request for permits.</summary>
/// <param name="Granted">How many; 0 if fewer than were needed are free.</param>
/// <param name="RetryAfter">When refused: the time until as many are free.</param>
/// <param name="Lease">The row that counts them.</param>
internal sealed record RecordedGrant(int Granted, TimeSpan RetryAfter, long Lease);

/// <summary>The windows in Postgres: no permit is used that is not counted here.</summary>
internal sealed partial class RecordedWindows(NpgsqlDataSource dataSource, IOptions<LimitOptions> options, ILogger<RecordedWindows> logger)
{
    private const string RecordSql = "SELECT granted, retry_after, lease FROM check_and_record_rate_limit($1, $2, $3, $4, $5, $6)";

    private const string GiveBackSql = "UPDATE rate_limit_windows SET permits = permits - $2 WHERE id = $1 AND permits >= $2";

    private volatile bool _unavailable;

    /// <summary>Records up to so many permits, if at least as many as are needed are free; null while Postgres is unavailable.</summary>
    public async Task<RecordedGrant?> RecordAsync(string key, RateLimit limit, int wanted, int needed, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = dataSource.Command(RecordSql, key, limit.Permits, limit.Window, wanted, needed, LeasePlan.Life(limit));
            command.CommandTimeout = options.Value.PostgresTimeoutSeconds;
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            var grant = new RecordedGrant(row.GetInt32(0), row.GetTimeSpan(1), row.IsDBNull(2) ? 0 : row.GetInt64(2));
            MarkAvailable();
            return grant;
        }
        catch (NpgsqlException exception) when (DependencyFailure.Is(exception))
        {
            MarkUnavailable(exception);
            return null;
        }
    }

    /// <summary>
    /// Takes off what was certainly not used. Tried once: done twice it would free permits that were used; not done,
    /// they count until their window has passed.
    /// </summary>
    public async Task GiveBackAsync(long lease, int permits, CancellationToken cancellationToken)
    {
        try
        {
            var command = dataSource.Command(GiveBackSql, lease, permits);
            command.CommandTimeout = options.Value.PostgresTimeoutSeconds;
            await command.RunAsync(cancellationToken);
        }
        catch (NpgsqlException exception) when (DependencyFailure.Is(exception))
        {
            MarkUnavailable(exception);
        }
    }

    private void MarkAvailable()
    {
        if (!_unavailable)
            return;
        _unavailable = false;
        Log.Available(logger);
    }

    private void MarkUnavailable(Exception exception)
    {
        if (_unavailable)
            return;
        _unavailable = true;
        Log.Unavailable(logger, exception);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning,
            Message = "Postgres is unavailable: no permits for calls to providers are granted but those that were recorded before.")]
        public static partial void Unavailable(ILogger logger, Exception exception);

        [LoggerMessage(Level = LogLevel.Information, Message = "Postgres is back: permits for calls to providers are granted again.")]
        public static partial void Available(ILogger logger);
    }
}
