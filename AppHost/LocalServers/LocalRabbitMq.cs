using RabbitMQ.Client;

namespace Switchboard.AppHost.LocalServers;

/// <summary>RabbitMQ as Debian installs it, with its management plugin.</summary>
internal sealed class LocalRabbitMq(string name, LocalServerData data, ParameterResource password)
    : LocalServer(name, "rabbitmq", data, password)
{
    private const string User = "guest";

    // The node registers with a name server, epmd, which by itself becomes a daemon that outlives everybody. Here it runs in the
    // foreground, and the kernel ends it with its parent; and its parent is the broker, since the shell becomes it.
    private const string StartBroker = """
        setpriv --pdeathsig KILL epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 &
        until epmd -port "$ERL_EPMD_PORT" -names >/dev/null 2>&1; do sleep 0.05; done
        exec "$1"
        """;

    public override ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"amqp://{User}:{Password}@127.0.0.1:{Port}");

    public override IEnumerable<object> CommandLine() => ["/bin/sh", "-c", StartBroker, Name, LocalPrograms.RabbitMqServer!];

    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await Account.WriteFileAsync(Path.Combine(Folder, "enabled_plugins"), "[rabbitmq_management].\n", cancellationToken);
        await Account.WriteFileAsync(Path.Combine(Folder, "rabbitmq-env.conf"), "", cancellationToken);
        await Account.WriteFileAsync(Path.Combine(Folder, "rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{await Port.GetValueAsync(cancellationToken)}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {await PortOf("management").GetValueAsync(cancellationToken)}
            default_user = {User}
            default_pass = {await Password.GetValueAsync(cancellationToken)}
            log.console = true
            log.console.level = warning
            log.file = false

            """, cancellationToken);
    }

    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = new Uri((await ConnectionStringExpression.GetValueAsync(cancellationToken))!),
            ClientProvidedName = "health check of the app host",
            AutomaticRecoveryEnabled = false,
        };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
    }

    /// <summary>Everything that tells the broker to keep to its own folder and ports.</summary>
    public void SetEnvironment(Dictionary<string, object> environment)
    {
        environment["ERL_EPMD_PORT"] = PortOf("epmd");
        environment["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        environment["RABBITMQ_NODENAME"] = $"{Name}@localhost";
        environment["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1";
        environment["RABBITMQ_NODE_PORT"] = Port;
        environment["RABBITMQ_DIST_PORT"] = PortOf("distribution");
        environment["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(Folder, "rabbitmq-env.conf");
        environment["RABBITMQ_CONFIG_FILE"] = Path.Combine(Folder, "rabbitmq.conf");
        environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(Folder, "enabled_plugins");
        environment["RABBITMQ_MNESIA_BASE"] = Path.Combine(Folder, "mnesia");
        environment["RABBITMQ_LOG_BASE"] = Path.Combine(Folder, "log");
        environment["RABBITMQ_PID_FILE"] = Path.Combine(Folder, "pid");
        // no epmd but ours: not by the broker, nor by the helper that it starts to see whether there is one
        environment["ERL_FLAGS"] = "-start_epmd false";
        // no busy waiting: the processors are for the application
        environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
            "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none";
        // its start script becomes the broker rather than stand beside it
        environment["RUNNING_UNDER_SYSTEMD"] = "true";
    }
}

internal static class LocalRabbitMqExtensions
{
    /// <summary>Adds a RabbitMQ that runs as a local program.</summary>
    public static IResourceBuilder<LocalRabbitMq> AddLocalRabbitMq(
        this IDistributedApplicationBuilder builder, string name, LocalServerData data)
    {
        var password = builder.AddParameter($"{name}-password", data.Secret($"{name}-password"), secret: true);
        var server = LocalServer.Add(builder, new LocalRabbitMq(name, data, password.Resource))
            .WithHttpEndpoint(name: "management", isProxied: false)
            .WithEnvironment(context => ((LocalRabbitMq)context.Resource).SetEnvironment(context.EnvironmentVariables));
        foreach (var internalPort in new[] { "epmd", "distribution" })
        {
            server.WithEndpoint(scheme: "tcp", name: internalPort, isProxied: false)
                .WithUrlForEndpoint(internalPort, url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly);
        }

        return server;
    }
}
