using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Switchboard.AppHost.LocalServers;

/// <summary>
/// A server that runs as a private program: own data, own ports, loopback only. The rest of the model sees what it sees of a container:
/// a resource with a connection string, an endpoint and a health check.
/// </summary>
/// <param name="name">Its name in the model, which is also that of its folder.</param>
/// <param name="user">The user that its package made for it.</param>
/// <param name="data">Where its data is.</param>
/// <param name="password">The password of its only user.</param>
internal abstract partial class LocalServer(string name, string user, LocalServerData data, ParameterResource password)
    : ExecutableResource(name, "/bin/sh", "/"), IResourceWithConnectionString
{
    public abstract ReferenceExpression ConnectionStringExpression { get; }

    /// <summary>The shell script that starts the command in its arguments: the process should become the server itself.</summary>
    public virtual string Script => "exec \"$@\"";

    public LocalServerData Data { get; } = data;

    protected string Folder => Path.Combine(Data.Folder, Name);

    protected LocalAccount Account { get; } = LocalAccount.For(user);

    public ParameterResource Password { get; } = password;

    protected EndpointReferenceExpression Port => PortOf("tcp");

    /// <summary>The command that is the server, and its arguments.</summary>
    public abstract IEnumerable<object> CommandLine();

    /// <summary>Makes what it needs to start: configuration, and data if there is none.</summary>
    public abstract Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Asks it something that only a working server answers.</summary>
    public abstract Task CheckAsync(CancellationToken cancellationToken);

    protected EndpointReferenceExpression PortOf(string endpoint) => new EndpointReference(this, endpoint).Property(EndpointProperty.Port);

    /// <summary>Adds the server to the model.</summary>
    public static IResourceBuilder<T> Add<T>(IDistributedApplicationBuilder builder, T server) where T : LocalServer
    {
        var healthCheck = $"{server.Name}_check";
        builder.Services.AddHealthChecks().AddAsyncCheck(healthCheck, async cancellationToken =>
        {
            await server.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        });
        return builder.AddResource(server)
            // no proxy stands in front: who talks to a dead server should see that it is dead
            .WithEndpoint(scheme: "tcp", name: "tcp", isProxied: false)
            .WithEnvironment("HOME", server.Folder)
            .WithEnvironment("LC_ALL", "C.UTF-8")
            .WithArgs(context =>
            {
                foreach (var argument in (object[])["-c", server.Script, server.Name, .. server.Account.Prefix, .. server.CommandLine()])
                    context.Args.Add(argument);
            })
            .WithHealthCheck(healthCheck)
            .OnBeforeResourceStarted(async (_, @event, cancellationToken) =>
            {
                try
                {
                    await server.Data.PrepareAsync();
                    await server.Account.CreateFolderAsync(server.Folder, cancellationToken);
                    await server.PrepareAsync(cancellationToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // the resource fails to start; the terminal should tell why
                    LogNotPrepared(@event.Services.GetRequiredService<ILogger<LocalServer>>(), exception, server.Name);
                    throw;
                }
            });
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Server} cannot start")]
    private static partial void LogNotPrepared(ILogger logger, Exception exception, string server);
}
