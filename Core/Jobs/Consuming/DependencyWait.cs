using Npgsql;
using StackExchange.Redis;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>Tells a dependency that is unavailable or overloaded from a job that is bad.</summary>
internal static class DependencyFailure
{
    /// <summary>Whether the same work can succeed as soon as the dependency is back.</summary>
    public static bool Is(Exception reason) => reason switch
    {
        BrokerUnavailableException or RedisConnectionException => true,
        PostgresException postgres => postgres.IsTransient || CannotNow(postgres.SqlState),
        NpgsqlException npgsql => npgsql.IsTransient,
        _ => false,
    };

    // The server shuts down, crashed or dropped the session (classes 08 and 57P), lacks memory, disk or connections (53, 58),
    // or only reads, as a primary that was demoted (25006).
    private static bool CannotNow(string state) => state == PostgresErrorCodes.ReadOnlySqlTransaction
        || new[] { "08", "57P", "53", "58" }.Any(of => state.StartsWith(of, StringComparison.Ordinal));
}

/// <summary>The wait of a batch whose dependency is unavailable: longer each time, and over at once when its channel is lost.</summary>
internal sealed class DependencyWait(IOptions<JobOptions> options, TimeProvider timeProvider)
{
    private const int MaxDoublings = 10;

    /// <exception cref="OperationCanceledException">The process stops, or the batch comes again by itself.</exception>
    public async Task WaitAsync(int failures, IDeliveryQueue source, CancellationToken abort)
    {
        var wait = TimeSpan.FromMilliseconds(options.Value.FirstHoldMs) * Math.Pow(2, Math.Min(failures, MaxDoublings));
        var longest = TimeSpan.FromSeconds(options.Value.MaxHoldSeconds);
        var hold = Task.Delay(wait < longest ? wait : longest, timeProvider, abort);
        if (await Task.WhenAny(hold, source.Lost) == hold)
            await hold;
        ThrowIfLost(source);
    }

    /// <exception cref="OperationCanceledException">The batch comes again by itself.</exception>
    public static void ThrowIfLost(IDeliveryQueue source)
    {
        if (source.Lost.IsCompleted)
            throw new OperationCanceledException("The channel is gone; the batch comes again.");
    }
}
