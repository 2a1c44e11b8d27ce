using System.Diagnostics;
using System.Globalization;

namespace Switchboard.Tests.Redis;

/// <summary>A real process of the operating system that takes permits or slots: <c>CompetingProcess/</c>.</summary>
internal sealed class CompetingProcess : IDisposable
{
    private readonly Process _process;

    private CompetingProcess(Process process) => _process = process;

    /// <summary>Starts and waits until Redis answers it.</summary>
    public static async Task<CompetingProcess> StartAsync(RedisServer redis, PostgresServer postgres, params string[] settings)
    {
        var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "Switchboard.Tests.CompetingProcess.dll"),
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
    public async Task<CompetitionReport> EndAsync()
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

/// <summary>What a process was given. Times are of the machine's monotonic clock.</summary>
/// <param name="Taken">Of permits: before it was asked and after the answer. Of slots: while it was certainly held.</param>
/// <param name="Checks">All checks.</param>
/// <param name="Local">Those that the process answered itself.</param>
/// <param name="Refused">Those that were refused.</param>
/// <param name="MedianMicros">The median of their durations.</param>
internal sealed record CompetitionReport(
    IReadOnlyList<(long From, long To, string By)> Taken, long Checks, long Local, long Refused, long MedianMicros)
{
    /// <summary>
    /// The most permits that were certainly granted within one window: asked for after its start, answered before its end.
    /// </summary>
    public static int MostIn(TimeSpan window, IEnumerable<CompetitionReport> reports)
    {
        var length = (long)(window.TotalSeconds * Stopwatch.Frequency);
        var grants = reports.SelectMany(report => report.Taken).OrderBy(grant => grant.From).ToList();
        var inside = new PriorityQueue<long, long>();
        var most = 0;
        for (var first = grants.Count - 1; first >= 0; first--)
        {
            // windows from the last to the first: grants come in from the front and leave when their answer is past the window's end
            inside.Enqueue(grants[first].To, -grants[first].To);
            while (inside.TryPeek(out var latest, out _) && latest > grants[first].From + length)
                inside.Dequeue();
            most = Math.Max(most, inside.Count);
        }

        return most;
    }

    /// <summary>The most slots that were certainly held at one moment.</summary>
    public static int MostAtOnce(IEnumerable<CompetitionReport> reports)
    {
        var (now, most) = (0, 0);
        foreach (var (_, change) in reports.SelectMany(report => report.Taken)
                     .SelectMany(slot => new[] { (At: slot.From, Change: 1), (At: slot.To, Change: -1) })
                     .OrderBy(change => change.At).ThenBy(change => change.Change))
            most = Math.Max(most, now += change);
        return most;
    }
}
