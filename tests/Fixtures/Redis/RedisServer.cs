using System.Diagnostics;

namespace Switchboard.Tests.Fixtures;

/// <summary>A private redis-server with its own port and folder.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switchboard-redis-").FullName;
    private readonly int _port = FreePort.Next();
    private Process? _process;

    /// <summary>Reconnects soon and never gives up at the start.</summary>
    public string ConnectionString => $"127.0.0.1:{_port},abortConnect=false,connectTimeout=300,connectRetry=1";

    public async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--appendonly", "yes"])
        {
            RedirectStandardOutput = true,
        })!;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                _ = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("redis-server ended while it started.");
    }

    /// <summary>SIGKILL, to it and to its child that rewrites the append-only file: it says nothing to anybody.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>SIGSTOP: it keeps its connections and answers nothing.</summary>
    public Task HangAsync() => RunAsync("kill", "-STOP", $"{_process!.Id}");

    /// <summary>SIGCONT.</summary>
    public Task GoOnAsync() => RunAsync("kill", "-CONT", $"{_process!.Id}");

    /// <summary>Makes it a replica of another one.</summary>
    public Task FollowAsync(RedisServer primary) => RunAsync("redis-cli", "-p", $"{_port}", "REPLICAOF", "127.0.0.1", $"{primary._port}");

    /// <summary>Makes it a replica, which refuses writes, of a server that is not there; or a primary again.</summary>
    public Task ReadOnlyAsync(bool on) =>
        RunAsync(["redis-cli", "-p", $"{_port}", "REPLICAOF", .. on ? ["127.0.0.1", "1"] : new[] { "NO", "ONE" }]);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, string.Join(' ', command));
    }
}
