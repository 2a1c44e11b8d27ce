using System.Diagnostics;
using System.Globalization;

namespace Switchboard.Tests.Redis;

/// <summary>A real process of the operating system that takes permits or slots: <c>Hammer/</c>.</summary>
internal sealed class HammerProcess : IDisposable
{
    private readonly Process _process;

    private HammerProcess(Process process) => _process = process;

    /// <summary>Starts and waits until Redis answers it.</summary>
    public static async Task<HammerProcess> StartAsync(RedisServer redis, PostgresServer postgres, params string[] settings)
    {
        var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "Switchboard.Tests.Hammer.dll"),
                "--redis", redis.ConnectionString, "--postgres", postgres.ConnectionString, .. settings,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        (await process.StandardOutput.ReadLineAsync()).ShouldBe("ready");
        return new(process);
    }

    public Task GoAsync() => _process.StandardInput.WriteLineAsync("go");

    /// <summary>Ends it and reads what it was given.</summary>
    public async Task<HammerReport> EndAsync()
    {
        await _process.StandardInput.WriteLineAsync("end");
        var taken = new List<(long From, long To, string By)>();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "counts")
                return new(taken, Number(words[1]), Number(words[2]), Number(words[3]), Number(words[4]));
            taken.Add((Number(words[0]), Number(words[1]), words[2]));
        }

        throw new InvalidOperationException("The process ended without a report.");
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
