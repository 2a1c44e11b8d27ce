using System.Globalization;

namespace Switchboard.Load.Reporting;

/// <summary>
/// The memory of a process, from <c>/proc/{pid}/status</c>: what it has now, and the most that it had since the watch began. The kernel's
/// own peak counts where it has risen meanwhile; below an older peak, what was seen every tenth of a second.
/// </summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private const string Ingest = "Switchboard.Workers.Ingest";
    private const double Megabyte = 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly int _pid;
    private readonly long _before;
    private readonly long _peakBefore;
    private readonly ITimer _timer;
    private long _most;

    private MemoryWatch(int pid, (long Now, long Peak) before, TimeProvider timeProvider)
    {
        (_pid, _before, _peakBefore, _most) = (pid, before.Now, before.Peak, before.Now);
        _timer = timeProvider.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>Watches a process, and says so when it is not there.</summary>
    /// <returns>Null when it is not there.</returns>
    public static MemoryWatch? Begin(int? pid, LoadProgress progress, TimeProvider timeProvider)
    {
        var watch = Begin(pid, timeProvider);
        if (watch is null)
        {
            progress.WriteLine(
                "The memory of Workers.Ingest is not watched: there is not exactly one such process here; name it with --ingest-pid.");
        }

        return watch;
    }

    /// <summary>Watches a process; null when it is not there.</summary>
    /// <param name="pid">Its number; null for the one process of Workers.Ingest.</param>
    /// <param name="timeProvider">The clock.</param>
    public static MemoryWatch? Begin(int? pid, TimeProvider timeProvider) =>
        (pid ?? Find()) is { } found && Read(found) is { } before ? new MemoryWatch(found, before, timeProvider) : null;

    /// <summary>The most it had since, and by how much that is more than at the beginning, in MB.</summary>
    public (double PeakMb, double GrowthMb) Result()
    {
        Look();
        var most = Interlocked.Read(ref _most);
        return (Math.Round(most / Megabyte, 1), Math.Round((most - _before) / Megabyte, 1));
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    /// <summary>Resident memory and its peak, in bytes, as a status file has them.</summary>
    internal static (long Now, long Peak)? Parse(IEnumerable<string> status)
    {
        var (now, peak) = (0L, 0L);
        foreach (var line in status)
        {
            now = line.StartsWith("VmRSS:", StringComparison.Ordinal) ? Bytes(line) : now;
            peak = line.StartsWith("VmHWM:", StringComparison.Ordinal) ? Bytes(line) : peak;
        }

        return now > 0 ? (now, Math.Max(now, peak)) : null;
    }

    // VmRSS:	  123456 kB
    private static long Bytes(string line) => long.Parse(
        line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], NumberStyles.None, CultureInfo.InvariantCulture) * 1024;

    private static (long Now, long Peak)? Read(int pid)
    {
        try
        {
            return Parse(File.ReadLines($"/proc/{pid}/status"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended, or this is no Linux
        }
    }

    // the program or its library is the first or second argument; with none or several of them it is unknown which one is meant
    private static int? Find()
    {
        var found = Directory.Exists("/proc")
            ? Directory.EnumerateDirectories("/proc")
                .Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0)
                .Where(IsIngest)
                .Take(2)
                .ToList()
            : [];
        return found is [var one] ? one : null;
    }

    private static bool IsIngest(int pid)
    {
        try
        {
            return pid > 0 && File.ReadAllText($"/proc/{pid}/cmdline").Split('\0').Take(3)
                .Any(argument => Path.GetFileName(argument) is Ingest or Ingest + ".dll");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended meanwhile
        }
    }

    private void Look()
    {
        if (Read(_pid) is { } memory)
        {
            var most = memory.Peak > _peakBefore ? memory.Peak : memory.Now;
            var seen = Interlocked.Read(ref _most);
            while (most > seen && Interlocked.CompareExchange(ref _most, most, seen) != seen)
            {
                seen = Interlocked.Read(ref _most);
            }
        }
    }
}
