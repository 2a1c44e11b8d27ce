using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Core.Jobs;

/// <summary>Counts what this process does with jobs: for metrics at once, for <c>job_minutes</c> until it is taken.</summary>
internal sealed class JobCounters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _active = [];
    private Dictionary<(string Type, DateTimeOffset Minute), JobMinute> _minutes = [];

    /// <summary>A handler has them.</summary>
    public void Taken(string type, JobQueue lane, int count)
    {
        JobTelemetry.Taken(type, lane, count);
        lock (_gate)
            _active[type] = _active.GetValueOrDefault(type) + count;
    }

    /// <summary>No handler has them any more.</summary>
    public void LetGo(string type, JobQueue lane, int count)
    {
        JobTelemetry.LetGo(type, lane, count);
        lock (_gate)
            _active[type] -= count;
    }

    /// <summary>They are acknowledged.</summary>
    public void Settled(string type, JobQueue lane, IReadOnlyList<SettledJob> jobs, DateTimeOffset now)
    {
        lock (_gate)
        {
            var minute = MinuteOf(type, now);
            foreach (var (message, settlement) in jobs)
            {
                var latency = now - message.EnqueuedAt;
                minute.Add(settlement, latency);
                JobTelemetry.Settled(type, lane, settlement, latency);
            }
        }
    }

    /// <summary>How many jobs of each type handlers have now; a type stays once it was seen.</summary>
    public IReadOnlyDictionary<string, int> Active()
    {
        lock (_gate)
            return new Dictionary<string, int>(_active);
    }

    /// <summary>Takes out what was counted since the last time.</summary>
    public IReadOnlyCollection<JobMinute> TakeMinutes()
    {
        lock (_gate)
        {
            var taken = _minutes.Values;
            _minutes = [];
            return taken;
        }
    }

    /// <summary>Puts back what could not be written down.</summary>
    public void PutBack(IEnumerable<JobMinute> minutes)
    {
        lock (_gate)
        {
            foreach (var minute in minutes)
                MinuteOf(minute.Type, minute.Minute).Add(minute);
        }
    }

    private JobMinute MinuteOf(string type, DateTimeOffset at)
    {
        var minute = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        if (!_minutes.TryGetValue((type, minute), out var counts))
            _minutes.Add((type, minute), counts = new(type, minute));
        return counts;
    }
}
