using System.Diagnostics;
using System.Reflection;

namespace Switchboard.Tests.Polyfills.Aspire;

/// <summary>The small application of Trial/, run as <c>dotnet run</c> would run it.</summary>
internal sealed class AppHostProcess : IDisposable
{
    private AppHostProcess(Process process, string mark) => (Process, Mark) = (process, mark);

    public Process Process { get; }

    /// <summary>What is in the environment of everything it started.</summary>
    public string Mark { get; }

    /// <summary>Returns when the table of resources is shown: then all run.</summary>
    public static async Task<AppHostProcess> StartAsync(string folder, TimeSpan patience)
    {
        // who runs the tests in the background ignores the interrupt, and so would this one
        var start = new ProcessStartInfo(
            "env", ["--default-signal=INT", "dotnet", "exec", Assembly.Load("SmallHouse").Location, $"--LocalServers:Folder={folder}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(patience);
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            said.Add(line);
            if (!line.StartsWith('╰')) continue;
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new AppHostProcess(process, (await File.ReadAllTextAsync(Path.Combine(folder, "data/mark"), timeout.Token)).Trim());
        }

        throw new InvalidOperationException($"The app host ended before it was up:{Environment.NewLine}{string.Join(Environment.NewLine, said)}");
    }

    /// <summary>The processes that carry the mark.</summary>
    public static IReadOnlyList<int> Marked(string mark) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!).Where(id => Carries(id, mark))];

    public static async Task GoneAsync(string mark, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (Marked(mark).Count > 0) await timer.WaitForNextTickAsync(timeout.Token);
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill();
        Process.Dispose();
    }

    private static bool Carries(int id, string mark)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ").Split('\0').Contains(mark);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // it has just ended, or is somebody else's
        }
    }
}
