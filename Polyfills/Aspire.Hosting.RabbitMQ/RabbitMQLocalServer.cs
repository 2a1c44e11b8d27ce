using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Run;

namespace Aspire.Hosting.RabbitMQ;

/// <summary>
/// RabbitMQ as Debian installs it, as a private process with its own data, ports and name server (epmd).
/// The name server runs in the foreground of the same process group, so that it ends with the broker.
/// </summary>
internal sealed class RabbitMQLocalServer(RabbitMQServerResource resource) : LocalServer
{
    // the process becomes the broker itself: its id and its signals are the broker's
    private const string Script = """
        epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 &
        until epmd -port "$ERL_EPMD_PORT" -names >/dev/null 2>&1; do sleep 0.05; done
        exec "$1"
        """;

    public override string DebianPackage => "rabbitmq-server";

    public override string SystemUser => "rabbitmq";

    public override string? FindProgram() => FirstOf(["/usr/lib/rabbitmq/bin/rabbitmq-server"]);

    public override async Task<ProcessLaunch> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken)
    {
        var hasManagement = resource.ManagementEndpoint.Exists;
        await context.WriteFileAsync("enabled_plugins", hasManagement ? "[rabbitmq_management].\n" : "[].\n", cancellationToken);
        await context.WriteFileAsync("rabbitmq-env.conf", "", cancellationToken);
        await context.WriteFileAsync("rabbitmq.conf", $"""
            listeners.tcp.1 = 127.0.0.1:{resource.PrimaryEndpoint.Port}
            default_user = {await resource.UserNameReference.GetValueAsync(cancellationToken)}
            default_pass = {await resource.PasswordParameter.GetValueAsync(cancellationToken)}
            log.console = true
            log.console.level = warning
            log.file = false
            {(hasManagement ? $"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {resource.ManagementEndpoint.Port}" : "")}

            """, cancellationToken);

        var environment = context.CleanEnvironment();
        environment["ERL_EPMD_PORT"] = Port("epmd");
        environment["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        environment["RABBITMQ_NODENAME"] = $"{resource.Name}@localhost";
        environment["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1";
        environment["RABBITMQ_NODE_PORT"] = resource.PrimaryEndpoint.Port.ToString(CultureInfo.InvariantCulture);
        environment["RABBITMQ_DIST_PORT"] = Port("distribution");
        environment["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(context.Folder, "rabbitmq-env.conf");
        environment["RABBITMQ_CONFIG_FILE"] = Path.Combine(context.Folder, "rabbitmq.conf");
        environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(context.Folder, "enabled_plugins");
        environment["RABBITMQ_MNESIA_BASE"] = Path.Combine(context.Folder, "mnesia");
        environment["RABBITMQ_LOG_BASE"] = Path.Combine(context.Folder, "log");
        environment["RABBITMQ_PID_FILE"] = Path.Combine(context.Folder, "pid");
        // no busy waiting: the processors are for the application. The name server is ours, not a daemon's.
        environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
            "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none";
        // exec the broker rather than stand beside it
        environment["RUNNING_UNDER_SYSTEMD"] = "true";

        return new ProcessLaunch(context.Account, "sh", ["-c", Script, "rabbitmq", context.Program], environment, context.Folder);

        string Port(string purpose) => context.Ports.PortFor($"{resource.Name}/{purpose}").ToString(CultureInfo.InvariantCulture);
    }
}
