using Switchboard.Core.Redis;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// How long a request waits for Postgres: 5 s for a call, whatever holds it up. Set here for every connection of this process, since a
/// cancellation alone does not end a call: Npgsql first asks the server to end the statement, over a second connection, and waits for that.
/// </summary>
internal static class DatabaseLimits
{
    // a connection from the pool, or a new one; the request to end a statement waits for as long
    private const int ConnectSeconds = 2;

    // a statement until its answer comes, or goes on
    private const int CommandSeconds = 3;

    // after the server took the request to end the statement: a backend that hangs does not end it
    private const int CancellationMilliseconds = 1_000;

    /// <summary>For the data source of this process; a shorter <c>DATABASE_POOL_TIMEOUT_MS</c> stays.</summary>
    public static void Apply(NpgsqlDataSourceBuilder source)
    {
        var settings = source.ConnectionStringBuilder;
        settings.Timeout = Math.Min(settings.Timeout, ConnectSeconds);
        settings.CommandTimeout = CommandSeconds;
        settings.CancellationTimeout = CancellationMilliseconds;
    }
}

/// <summary>The replicas that lists, exports, counts and the cache are read from, where there are any.</summary>
internal static class ReplicaExtensions
{
    // by this key the cache finds it
    private const string RedisReplicaName = "redis-replica";

    /// <summary>
    /// Adds <see cref="ReadDatabase"/>. A replica has connections of its own, as many as the primary; the process is healthy without it.
    /// </summary>
    public static void AddReadDatabase(this IHostApplicationBuilder builder)
    {
        var hasReplica = builder.Configuration.GetConnectionString(ReadDatabase.ReplicaName) is { Length: > 0 };
        if (hasReplica)
        {
            builder.AddKeyedNpgsqlDataSource(
                ReadDatabase.ReplicaName, settings => settings.DisableHealthChecks = true, builder.AddDatabasePool(DatabaseLimits.Apply));
        }

        builder.Services.AddReadDatabase(hasReplica);
    }

    /// <summary>Adds the client of a replica of Redis, for the cache; the process is healthy without it.</summary>
    public static void AddRedisReplica(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString(RedisReplicaName) is { Length: > 0 })
            builder.AddKeyedRedisClient(RedisReplicaName, settings => settings.DisableHealthChecks = true, RedisOptions.OnThreadPool);
    }

    /// <summary>Who changes something reads it from the primary next. To come after authentication.</summary>
    public static void UseReadYourWrites(this IApplicationBuilder app)
    {
        var database = app.ApplicationServices.GetRequiredService<ReadDatabase>();
        if (!database.HasReplica)
            return;
        app.Use((context, next) =>
        {
            var method = context.Request.Method;
            // what a webhook hands in becomes rows later, in a job
            if (!HttpMethods.IsGet(method) && !HttpMethods.IsOptions(method) && !context.GetEndpoint().IsWebhook()
                && context.Features.Get<Caller>() is { } caller)
                context.Response.OnStarting(() => database.WroteAsync(caller.UserId));
            return next(context);
        });
    }
}
