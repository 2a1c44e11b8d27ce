using StackExchange.Redis;

namespace Switchboard.AppHost.LocalServers;

/// <summary>Redis as Debian installs it.</summary>
internal sealed class LocalRedis(string name, LocalServerData data, ParameterResource password) : LocalServer(name, "redis", data, password)
{
    public override ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"127.0.0.1:{Port},password={Password}");

    private string ConfigurationFile => Path.Combine(Folder, "redis.conf");

    public override IEnumerable<object> CommandLine() => [LocalPrograms.RedisServer!, ConfigurationFile];

    // in a file: the command line is for all to see
    public override async Task PrepareAsync(CancellationToken cancellationToken) => await Account.WriteFileAsync(ConfigurationFile, $"""
        bind 127.0.0.1
        port {await Port.GetValueAsync(cancellationToken)}
        requirepass {await Password.GetValueAsync(cancellationToken)}
        dir {Folder}
        save 60 1
        loglevel notice

        """, cancellationToken);

    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        var options = ConfigurationOptions.Parse((await ConnectionStringExpression.GetValueAsync(cancellationToken))!);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await connection.GetDatabase().PingAsync();
    }
}

internal static class LocalRedisExtensions
{
    /// <summary>Adds a Redis that runs as a local program.</summary>
    public static IResourceBuilder<LocalRedis> AddLocalRedis(this IDistributedApplicationBuilder builder, string name, LocalServerData data)
    {
        var password = builder.AddParameter($"{name}-password", data.Secret($"{name}-password"), secret: true);
        return LocalServer.Add(builder, new LocalRedis(name, data, password.Resource));
    }
}
