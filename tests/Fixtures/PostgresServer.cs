using System.Diagnostics;
using Npgsql;

namespace Switchboard.Tests.Fixtures;

/// <summary>A private PostgreSQL with the tables of the scripts that its test project embeds, its own port and folder.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Programs = "/usr/lib/postgresql/15/bin/";

    // ends the server when the test process ends, however it does
    private const string Holder = """setsid "$@" </dev/null & read end; kill -KILL -$!; wait""";

    // what each server starts with: to create it takes seconds, and to copy it a fraction of one
    private static readonly Lazy<Task<string>> Template = new(CreateTemplateAsync);

    private readonly string _folder = Directory.CreateTempSubdirectory("switchboard-postgres-").FullName;
    private readonly int _port = FreePort.Next();
    private Process? _server;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Timeout=5";

    private string Data => Path.Combine(_folder, "data");

    public async ValueTask InitializeAsync()
    {
        await RunAsync("chmod", "755", _folder);
        await RunAsync("cp", "--archive", await Template.Value, Data);
        await StartAsync();
    }

    private static async Task<string> CreateTemplateAsync()
    {
        var server = new PostgresServer();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(server._folder, recursive: true);
        Directory.CreateDirectory(server.Data);
        await RunAsync("chmod", "755", server._folder);
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "postgres", server.Data);
        await RunAsync([.. AsPostgres(), Programs + "initdb", "--no-sync", "-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]);
        await server.StartAsync();
        await using (var source = NpgsqlDataSource.Create($"{server.ConnectionString};Pooling=false"))
        {
            // numbered ones: a project may embed others for its own use
            foreach (var script in typeof(PostgresServer).Assembly.GetManifestResourceNames().Where(name => char.IsAsciiDigit(name[0])).Order())
            {
                using var reader = new StreamReader(typeof(PostgresServer).Assembly.GetManifestResourceStream(script)!);
                await using var command = source.CreateCommand(await reader.ReadToEndAsync());
                await command.ExecuteNonQueryAsync();
            }
        }

        // not killed: a copy then has nothing to recover when it starts
        await RunAsync([.. AsPostgres(), Programs + "pg_ctl", "stop", "--wait", "--mode=fast", "-D", server.Data]);
        await server.KillAsync();
        return server.Data;
    }

    /// <summary>A streaming replica of this server, which has all that is committed here a moment later.</summary>
    public async Task<PostgresServer> StartReplicaAsync()
    {
        var replica = new PostgresServer();
        Directory.CreateDirectory(replica.Data);
        await RunAsync("chmod", "755", replica._folder);
        await RunAsync("chmod", "700", replica.Data);
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "postgres", replica.Data);
        await RunAsync(
            [.. AsPostgres(), Programs + "pg_basebackup", "-h", "127.0.0.1", "-p", $"{_port}", "-U", "postgres", "-D", replica.Data,
                "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast"]);
        await replica.StartAsync();
        return replica;
    }

    public async Task StartAsync()
    {
        string[] server =
        [
            .. AsPostgres(), Programs + "postgres", "-D", Data, "-p", $"{_port}", "-k", Data, "-c", "listen_addresses=127.0.0.1",
            // who kills it leaves the system alive, with all that was written
            "-c", "fsync=off",
        ];
        _server = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Holder, "holder", .. server])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        while (await _server.StandardError.ReadLineAsync() is { } line)
        {
            // … connections, or … read-only connections
            if (line.Contains("ready to accept ", StringComparison.Ordinal))
            {
                _ = _server.StandardError.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("postgres ended while it started.");
    }

    /// <summary>SIGKILL, to it and all its children.</summary>
    public async Task KillAsync()
    {
        var server = Interlocked.Exchange(ref _server, null)!;
        server.StandardInput.Close();
        await server.WaitForExitAsync();
        server.Dispose();
    }

    /// <summary>SIGSTOP, to it and all its children: connections stay open, and nothing is answered.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT, to those that <see cref="PauseAsync"/> stopped.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    // the server first, so that it starts no child while they are looked up
    private async Task SignalAsync(string signal)
    {
        var server = (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0];
        await RunAsync("kill", $"-{signal}", server);
        await RunAsync("pkill", $"-{signal}", "-P", server);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string[] AsPostgres() =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, string.Join(' ', command));
    }
}
