using Npgsql;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Security;

/// <summary>
/// The key of Development. Everybody knows it: outside Development it opens nothing, and a process whose database holds it ends as soon
/// as the database says so. One may start while Postgres is unavailable; then it is asked until it answers.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="environment">Where this runs.</param>
/// <param name="timeProvider">Waits between two questions.</param>
/// <param name="logger">Is told when the database could not be asked.</param>
public sealed partial class DemoKey(
    NpgsqlDataSource dataSource, IHostEnvironment environment, TimeProvider timeProvider, ILogger<DemoKey> logger) : BackgroundService
{
    /// <summary>The key.</summary>
    public const string Value = "sb_demo";

    private static readonly byte[] Hash = ApiKeySecret.Hash(Value);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>Whether this key opens nothing here.</summary>
    public bool Refuses(string key) => key == Value && !environment.IsDevelopment();

    /// <summary>Refuses a database that holds it.</summary>
    /// <exception cref="InvalidOperationException">It does, and this is not Development.</exception>
    public async Task RefuseAsync(CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment())
            return;
        await using var command = dataSource.CreateCommand("SELECT count(*) FROM api_keys WHERE hash = $1 AND revoked_at IS NULL");
        command.Parameters.AddWithValue(Hash);
        if (await command.ExecuteScalarAsync(cancellationToken) is > 0L)
            throw new InvalidOperationException(
                $"This database holds the demo key {Value}, which is for Development alone, and this is {environment.EnvironmentName}. "
                + "Use another database, or revoke the key and delete the demo user's data first: "
                + $"UPDATE api_keys SET revoked_at = now() WHERE prefix = '{Value}'.");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await RefuseAsync(stoppingToken);
                return;
            }
            catch (NpgsqlException exception)
            {
                Log.NotAsked(logger, exception);
            }

            await Task.Delay(AskAgainAfter, timeProvider, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The database could not be asked whether it holds the demo key: {Reason}")]
        public static partial void NotAsked(ILogger logger, Redacted reason);
    }
}
