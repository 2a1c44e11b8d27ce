using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Run;

namespace Aspire.Hosting.Redis;

/// <summary>Redis as Debian installs it, as a private process with its own data and port.</summary>
internal sealed class RedisLocalServer(RedisResource resource) : LocalServer
{
    public override string DebianPackage => "redis-server";

    public override string SystemUser => "redis";

    public override string? FindProgram() => FirstOf(["/usr/bin/redis-server", "/usr/local/bin/redis-server"]);

    public override async Task<ProcessLaunch> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken)
    {
        // in a file: the command line is for all to see
        var save = resource.TryGetLastAnnotation<RedisPersistence>(out var persistence) ? persistence.Save : "\"\"";
        var password = resource.PasswordParameter is { } parameter ? await parameter.GetValueAsync(cancellationToken) : null;
        await context.WriteFileAsync("redis.conf", $"""
            bind 127.0.0.1
            port {resource.PrimaryEndpoint.Port}
            dir {context.Folder}
            save {save}
            loglevel warning
            {(password is null ? "" : $"requirepass {password}")}

            """, cancellationToken);
        return new ProcessLaunch(
            context.Account, context.Program, [Path.Combine(context.Folder, "redis.conf")], context.CleanEnvironment(), context.Folder);
    }
}
