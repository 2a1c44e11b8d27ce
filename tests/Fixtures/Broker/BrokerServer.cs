namespace Switchboard.Tests.Fixtures;

/// <summary>A private RabbitMQ with its ports and folder.</summary>
internal sealed class BrokerServer : IAsyncDisposable
{
    // the port mapper too in the server's session, so that it ends with it; by itself it would become a daemon that outlives everybody
    private const string Start = """
        epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 &
        until epmd -port "$ERL_EPMD_PORT" -names >/dev/null 2>&1; do sleep 0.05; done
        exec /usr/lib/rabbitmq/bin/rabbitmq-server
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("switchboard-rabbit-").FullName;
    private readonly int _port = FreePort.Next();
    private readonly int _distributionPort = FreePort.Next();
    private readonly int _mapperPort = FreePort.Next();
    private ServerProcess? _server;

    /// <summary>What it keeps on disk.</summary>
    public string Data => Path.Combine(_folder, "data");

    public string ConnectionString => $"amqp://guest:guest@127.0.0.1:{_port}";

    public async Task StartAsync()
    {
        if (!Directory.Exists(Data))
            await PrepareAsync();
        _server = await ServerProcess.StartAsync(
            "rabbitmq",
            "Starting broker... completed",
            new Dictionary<string, string>
            {
                ["HOME"] = Data,
                ["RABBITMQ_NODENAME"] = $"tests{_port}@localhost",
                ["RABBITMQ_DIST_PORT"] = $"{_distributionPort}",
                ["ERL_EPMD_PORT"] = $"{_mapperPort}",
                ["ERL_FLAGS"] = "-start_epmd false",
                ["RABBITMQ_MNESIA_BASE"] = Path.Combine(Data, "mnesia"),
                ["RABBITMQ_LOG_BASE"] = Path.Combine(Data, "log"),
                ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "plugins"),
                ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq.conf"),
            },
            "sh", "-c", Start);
    }

    public async Task KillAsync() => await Interlocked.Exchange(ref _server, null)!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PrepareAsync()
    {
        Directory.CreateDirectory(Data);
        if (Environment.IsPrivilegedProcess)
            await ServerProcess.RunAsync("chown", "rabbitmq", Data);
        await ServerProcess.RunAsync("chmod", "755", _folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "plugins"), "[].");
        await File.WriteAllTextAsync(Path.Combine(_folder, "rabbitmq.conf"), $"listeners.tcp.1 = 127.0.0.1:{_port}\n");
    }
}
