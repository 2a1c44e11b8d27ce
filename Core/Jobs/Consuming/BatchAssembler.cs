namespace Switchboard.Core.Jobs.Consuming;

/// <summary>
/// Holds what has arrived and forms batches of it: a batch is ready when it is full or its first job has waited for the window,
/// and its type has a place free. Not thread-safe.
/// </summary>
internal sealed class BatchAssembler(TimeProvider time, TimeSpan window)
{
    private const int MaxPoison = 100;
    private static readonly int _lanes = Enum.GetValues<JobPriority>().Length;

    private readonly Dictionary<string, Waiting>[] _byLane = [.. Enumerable.Range(0, _lanes).Select(_ => new Dictionary<string, Waiting>())];
    private readonly Dictionary<string, int> _running = [];
    private readonly QueueChoice _choice = new(_lanes);

    /// <summary>Takes in a delivery.</summary>
    /// <param name="handled">Who serves it; null for poison.</param>
    /// <param name="job">The delivery.</param>
    public void Add(HandledJob? handled, ReceivedJob job)
    {
        // a late delivery of a channel that is gone: its tag means nothing on the new one
        if (job.Lane.Lost.IsCompleted)
            return;
        var lane = _byLane[(int)job.Lane.Lane.Priority];
        var key = KeyOf(handled, job);
        if (!lane.TryGetValue(key, out var waiting))
            lane.Add(key, waiting = new(key, handled));
        waiting.Jobs.Enqueue(job);
    }

    /// <summary>Drops what was delivered over channels that are gone: it comes again.</summary>
    public void DropLost()
    {
        foreach (var waiting in _byLane.SelectMany(lane => lane.Values))
        {
            var kept = waiting.Jobs.Where(job => !job.Lane.Lost.IsCompleted).ToArray();
            waiting.Jobs.Clear();
            foreach (var job in kept)
                waiting.Jobs.Enqueue(job);
        }
    }

    /// <summary>A batch of this type was settled or dropped.</summary>
    public void Finished(JobBatch batch) => _running[KeyOf(batch.Handled, batch.Jobs[0])]--;

    /// <summary>The next batch, or null and how long until there may be one without a further delivery.</summary>
    public JobBatch? Take(out TimeSpan? wait)
    {
        var now = time.GetTimestamp();
        wait = null;
        Span<bool> ready = stackalloc bool[_lanes];
        var first = new Waiting?[_lanes];
        for (var lane = 0; lane < _lanes; lane++)
        {
            foreach (var waiting in _byLane[lane].Values)
            {
                if (waiting.Jobs.Count == 0 || _running.GetValueOrDefault(waiting.Key) >= waiting.Concurrent)
                    continue;
                var left = waiting.Jobs.Count >= waiting.Max ? TimeSpan.Zero : (waiting.Window ?? window) - time.GetElapsedTime(waiting.Since, now);
                if (left > TimeSpan.Zero)
                    wait = wait < left ? wait : left;
                else if (first[lane] is not { } other || waiting.Since < other.Since)
                    (first[lane], ready[lane]) = (waiting, true);
            }
        }

        return _choice.Next(ready) is { } chosen ? Take(first[chosen]!) : null;
    }

    private JobBatch Take(Waiting waiting)
    {
        var jobs = new List<ReceivedJob>(Math.Min(waiting.Max, waiting.Jobs.Count));
        while (jobs.Count < waiting.Max && waiting.Jobs.TryDequeue(out var job))
            jobs.Add(job);
        _running[waiting.Key] = _running.GetValueOrDefault(waiting.Key) + 1;
        return new(waiting.Handled, jobs);
    }

    // dead letters are poison too, but are acknowledged over another channel
    private static string KeyOf(HandledJob? handled, ReceivedJob job) =>
        handled?.Type.Name ?? (job.Lane.IsDeadLetter ? "(dead letter)" : "(poison)");

    private sealed class Waiting(string key, HandledJob? handled)
    {
        public string Key => key;

        public HandledJob? Handled => handled;

        public Queue<ReceivedJob> Jobs { get; } = new();

        public int Max => handled?.MaxBatch ?? MaxPoison;

        public TimeSpan? Window => handled?.Window;

        public int Concurrent => handled?.ConcurrentBatches ?? 1;

        public long Since => Jobs.Peek().ArrivedAt;
    }
}
