using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Switchboard.AppHost.LocalServers;

/// <summary>PostgreSQL as Debian installs it.</summary>
internal sealed class LocalPostgres(string name, LocalServerData data, ParameterResource password)
    : LocalServer(name, "postgres", data, password)
{
    private const string User = "postgres";

    // durable as in production; sized for a developer's machine
    private static readonly string[] Settings =
    [
        "listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=256MB", "max_connections=200",
        "wal_compression=lz4", "max_wal_size=2GB", "log_checkpoints=off",
    ];

    public override ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"Host=127.0.0.1;Port={Port};Username={User};Password={Password}");

    // The control plane stops a process by SIGTERM, on which PostgreSQL waits for its clients to go. SIGINT makes it end their sessions,
    // write everything and end: so a shell stands in between, and should the shell be killed, the kernel sends that signal.
    public override string Script => """
        trap 'kill -INT "$server"' TERM
        "$@" &
        server=$!
        wait "$server"
        code=$?
        while kill -0 "$server" 2>/dev/null; do wait "$server"; code=$?; done
        exit "$code"
        """;

    /// <summary>The databases that it is created with.</summary>
    public List<string> Databases { get; } = [];

    private string DataFolder => Path.Combine(Folder, "data");

    public override IEnumerable<object> CommandLine() =>
        ["setpriv", "--pdeathsig", "INT", Path.Combine(ProgramFolder(), "postgres"), "-D", DataFolder, "-p", Port,
            // what is thrown away at the end need not outlive the machine
            .. Settings.Append($"fsync={(Data.IsKept ? "on" : "off")}").SelectMany(setting => new[] { "-c", setting })];

    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(DataFolder)) return;

        // made beside and moved when whole: what a first start that was cut short left is no data yet
        var draft = DataFolder + ".new";
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        var passwordFile = Path.Combine(Folder, "password");
        await Account.WriteFileAsync(passwordFile, (await Password.GetValueAsync(cancellationToken))!, cancellationToken);
        string[] syncing = Data.IsKept ? [] : ["--no-sync"];
        await Account.RunAsync(
            Path.Combine(ProgramFolder(), "initdb"),
            ["-D", draft, "-U", User, "--auth=scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8", "--locale=C.UTF-8", .. syncing],
            "", cancellationToken);
        File.Delete(passwordFile);
        await Account.RunAsync(
            Path.Combine(ProgramFolder(), "postgres"), ["--single", "-D", draft, "postgres"],
            string.Concat(Databases.Select(database => $"CREATE DATABASE \"{database}\"\n")), cancellationToken);
        Directory.Move(draft, DataFolder);
    }

    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        var connectionString = await ConnectionStringExpression.GetValueAsync(cancellationToken);
        await using var connection = new NpgsqlConnection($"{connectionString};Database=postgres;Pooling=false;Timeout=5");
        await connection.OpenAsync(cancellationToken);
    }

    // data belongs to a version: another one does not read it
    private string ProgramFolder()
    {
        var versionFile = Path.Combine(DataFolder, "PG_VERSION");
        if (!File.Exists(versionFile)) return LocalPrograms.PostgresFolder!;
        var version = File.ReadAllText(versionFile).Trim();
        return LocalPrograms.PostgresFolderOf(version) ?? throw new DistributedApplicationException(
            $"The data is of PostgreSQL {version}, which is not installed. Install it (apt-get install postgresql-{version}) or start with --fresh.");
    }
}

/// <summary>A database of a <see cref="LocalPostgres"/>.</summary>
internal sealed class LocalPostgresDatabase(string name, LocalPostgres server)
    : Resource(name), IResourceWithParent<LocalPostgres>, IResourceWithConnectionString
{
    public LocalPostgres Parent { get; } = server;

    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{Parent.ConnectionStringExpression};Database={Name}");
}

internal static class LocalPostgresExtensions
{
    /// <summary>Adds a PostgreSQL that runs as a local program.</summary>
    public static IResourceBuilder<LocalPostgres> AddLocalPostgres(
        this IDistributedApplicationBuilder builder, string name, LocalServerData data)
    {
        var password = builder.AddParameter($"{name}-password", data.Secret($"{name}-password"), secret: true);
        return LocalServer.Add(builder, new LocalPostgres(name, data, password.Resource));
    }

    /// <summary>Adds a database, which is there when the server is.</summary>
    public static IResourceBuilder<LocalPostgresDatabase> AddDatabase(this IResourceBuilder<LocalPostgres> server, string name)
    {
        server.Resource.Databases.Add(name);
        var database = new LocalPostgresDatabase(name, server.Resource);
        // a child of an executable gets no state from the control plane: it has that of its server
        server
            .OnResourceReady((_, @event, _) => PublishStateAsync(@event.Services, KnownResourceStates.Running))
            .OnResourceStopped((_, @event, _) => PublishStateAsync(@event.Services, @event.ResourceEvent.Snapshot.State?.Text));
        return server.ApplicationBuilder.AddResource(database)
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Database", Properties = [], State = KnownResourceStates.NotStarted });

        Task PublishStateAsync(IServiceProvider services, string? state) => services.GetRequiredService<ResourceNotificationService>()
            .PublishUpdateAsync(database, snapshot => snapshot with { State = state });
    }
}
