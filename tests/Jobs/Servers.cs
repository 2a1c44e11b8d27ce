using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Switchboard.Core.Jobs;
using Switchboard.Core.RabbitMq;
using Switchboard.Tests.Jobs;

[assembly: AssemblyFixture(typeof(Servers))]

namespace Switchboard.Tests.Jobs;

/// <summary>A private PostgreSQL and a private RabbitMQ, each with its ports and folders.</summary>
public sealed class Servers : IAsyncLifetime
{
    private const string PostgresPrograms = "/usr/lib/postgresql/15/bin/";

    private readonly string _folder = Directory.CreateTempSubdirectory("switchboard-jobs-").FullName;
    private readonly int _postgresPort = FreePort.Next();
    private readonly BrokerServer _broker = new();
    private ServerProcess? _postgres;

    public string Postgres => $"Host=127.0.0.1;Port={_postgresPort};Username=postgres;Database=postgres;Timeout=5";

    internal BrokerFiles BrokerFiles => new(_broker.Data);

    public IConnectionFactory Broker =>
        new ConnectionFactory { Uri = new(_broker.ConnectionString), RequestedConnectionTimeout = TimeSpan.FromSeconds(5) };

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "postgres"));
        if (Environment.IsPrivilegedProcess)
            await ServerProcess.RunAsync("chown", "postgres", Path.Combine(_folder, "postgres"));
        await ServerProcess.RunAsync("chmod", "755", _folder);
        var rabbit = StartBrokerAsync();
        await ServerProcess.RunAsync(
            [.. AsUser("postgres"), PostgresPrograms + "initdb", "-D", Path.Combine(_folder, "postgres"), "-U", "postgres", "-A", "trust"]);
        await StartPostgresAsync();
        await using var source = NpgsqlDataSource.Create(Postgres);
        foreach (var script in typeof(Servers).Assembly.GetManifestResourceNames().Where(name => char.IsAsciiDigit(name[0])).Order())
        {
            using var reader = new StreamReader(typeof(Servers).Assembly.GetManifestResourceStream(script)!);
            await using var schema = source.CreateCommand(await reader.ReadToEndAsync());
            await schema.ExecuteNonQueryAsync();
        }

        await rabbit;
    }

    public async Task StartPostgresAsync() => _postgres = await ServerProcess.StartAsync(
        "postgres",
        "ready to accept connections",
        new Dictionary<string, string>(),
        PostgresPrograms + "postgres", "-D", Path.Combine(_folder, "postgres"), "-p", $"{_postgresPort}",
        "-k", Path.Combine(_folder, "postgres"), "-c", "listen_addresses=127.0.0.1");

    public Task StartBrokerAsync() => _broker.StartAsync();

    public async Task KillPostgresAsync() => await Interlocked.Exchange(ref _postgres, null)!.KillAsync();

    /// <summary>Kills the broker, as soon as it could find its queues again.</summary>
    public async Task KillBrokerAsync()
    {
        await BrokerFiles.UntilNamedAsync();
        await _broker.KillAsync();
    }

    /// <summary>Takes the first message that waits in a queue.</summary>
    public async Task<BasicGetResult?> GetAsync(string queue)
    {
        await using var connection = await Broker.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.BasicGetAsync(queue, autoAck: true);
    }

    /// <summary>Lets every new transaction only read, as on a primary that was demoted; or ends that.</summary>
    public async Task SetReadOnlyAsync(bool readOnly)
    {
        await using var source = NpgsqlDataSource.Create(Postgres + ";Pooling=false;Options=-c default_transaction_read_only=off");
        await using var set = source.CreateCommand($"ALTER SYSTEM SET default_transaction_read_only = {(readOnly ? "on" : "off")}");
        await set.ExecuteNonQueryAsync();
        await using var reload = source.CreateCommand("SELECT pg_reload_conf()");
        await reload.ExecuteNonQueryAsync();
    }

    /// <summary>Empty queues and tables.</summary>
    public async Task CleanAsync()
    {
        await EmptyQueuesAsync();
        await using var source = NpgsqlDataSource.Create(Postgres);
        await using var command = source.CreateCommand("TRUNCATE scheduled_jobs, dead_jobs, job_minutes, job_processes, job_queues");
        await command.ExecuteNonQueryAsync();
    }

    // a quorum queue of a broker that was killed may need a moment to find its leader again, and refuses until then
    private async Task EmptyQueuesAsync()
    {
        for (var again = 0; ; again++)
        {
            try
            {
                await PurgeAsync();
                return;
            }
            catch (OperationInterruptedException) when (again < 10)
            {
                using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
                await timer.WaitForNextTickAsync();
            }
        }
    }

    private async Task PurgeAsync()
    {
        await using var connection = await Broker.CreateConnectionAsync();
        await QueueTopology.DeclareAsync(connection, new JobOptions().DeliveryLimit, CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        foreach (var queue in JobQueue.All)
            await channel.QueuePurgeAsync(queue.Name);
        foreach (var worker in Enum.GetValues<JobWorker>())
            await channel.QueuePurgeAsync(JobQueue.DeadLetterQueueOf(worker));
    }

    public async ValueTask DisposeAsync()
    {
        await (_postgres?.KillAsync() ?? Task.CompletedTask);
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string[] AsUser(string user) =>
        Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups"] : [];
}
