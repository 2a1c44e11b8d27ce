namespace Switchboard.Core.Jobs.Consuming;

/// <summary>Deliveries of one queue and one type, served together.</summary>
/// <param name="Handled">Who serves them; null for poison, which nobody does.</param>
/// <param name="Jobs">At least one.</param>
internal sealed record JobBatch(HandledJob? Handled, IReadOnlyList<ReceivedJob> Jobs)
{
    /// <summary>What its type is called in metrics: of poison any name is possible, so all poison has one.</summary>
    public string TypeName => Handled?.Type.Name ?? "unknown";

    public IDeliveryQueue Source => Jobs[0].Source;
}

/// <summary>
/// Holds what has arrived and forms batches of it: a batch is ready when its type has a place free and it is full, or its first job has
/// waited for the window and the last batch of its type in its queue is the interval ago. A batch costs about as much for one job as for
/// ten, so that where jobs come one by one without an end the interval is what they cost; a job that comes alone waits for the window only.
/// A type with a window of its own has no interval. Not thread-safe.
/// </summary>
internal sealed class BatchAssembler(TimeProvider timeProvider, TimeSpan window, TimeSpan interval)
{
    private const int MaxPoison = 100;
    private static readonly int _priorities = Enum.GetValues<JobPriority>().Length;

    private readonly Dictionary<string, Waiting>[] _byPriority = [.. Enumerable.Range(0, _priorities).Select(_ => new Dictionary<string, Waiting>())];
    private readonly Dictionary<string, int> _running = [];
    private readonly QueueChoice _choice = new(_priorities);

    /// <summary>Takes in a delivery.</summary>
    /// <param name="handled">Who serves it; null for poison.</param>
    /// <param name="job">The delivery.</param>
    public void Add(HandledJob? handled, ReceivedJob job)
    {
        // a late delivery of a channel that is gone: its tag means nothing on the new one
        if (job.Source.Lost.IsCompleted)
            return;
        var queue = _byPriority[(int)job.Source.Queue.Priority];
        var key = KeyOf(handled, job);
        if (!queue.TryGetValue(key, out var waiting))
            queue.Add(key, waiting = new(key, handled));
        waiting.Jobs.Enqueue(job);
    }

    /// <summary>Drops what was delivered over channels that are gone: it comes again.</summary>
    public void DropLost()
    {
        foreach (var waiting in _byPriority.SelectMany(queue => queue.Values))
        {
            var kept = waiting.Jobs.Where(job => !job.Source.Lost.IsCompleted).ToArray();
            waiting.Jobs.Clear();
            foreach (var job in kept)
                waiting.Jobs.Enqueue(job);
        }
    }

    /// <summary>What is in no batch.</summary>
    public IEnumerable<ReceivedJob> Rest() => _byPriority.SelectMany(queue => queue.Values).SelectMany(waiting => waiting.Jobs);

    /// <summary>A batch of this type was settled or dropped.</summary>
    public void Finished(JobBatch batch)
    {
        var key = KeyOf(batch.Handled, batch.Jobs[0]);
        _running[key] = _running.GetValueOrDefault(key) - 1;
    }

    /// <summary>The next batch, or null and how long until there may be one without a further delivery.</summary>
    public JobBatch? Take(out TimeSpan? wait)
    {
        var now = timeProvider.GetTimestamp();
        wait = null;
        Span<bool> ready = stackalloc bool[_priorities];
        var first = new Waiting?[_priorities];
        for (var queue = 0; queue < _priorities; queue++)
        {
            foreach (var waiting in _byPriority[queue].Values)
            {
                if (waiting.Jobs.Count == 0 || _running.GetValueOrDefault(waiting.Key) >= Places(waiting, queue))
                    continue;
                var left = Left(waiting, now);
                if (left > TimeSpan.Zero)
                    wait = wait < left ? wait : left;
                else if (first[queue] is not { } other || waiting.Since < other.Since)
                    (first[queue], ready[queue]) = (waiting, true);
            }
        }

        return _choice.Next(ready) is { } chosen ? Take(first[chosen]!) : null;
    }

    private TimeSpan Left(Waiting waiting, long now)
    {
        if (waiting.Jobs.Count >= waiting.Max)
            return TimeSpan.Zero;
        var left = (waiting.Window ?? window) - timeProvider.GetElapsedTime(waiting.Since, now);
        if (waiting.Window is not null || waiting.Started is not { } started)
            return left;
        var next = interval - timeProvider.GetElapsedTime(started, now);
        return left > next ? left : next;
    }

    private JobBatch Take(Waiting waiting)
    {
        var jobs = new List<ReceivedJob>(Math.Min(waiting.Max, waiting.Jobs.Count));
        while (jobs.Count < waiting.Max && waiting.Jobs.TryDequeue(out var job))
            jobs.Add(job);
        _running[waiting.Key] = _running.GetValueOrDefault(waiting.Key) + 1;
        waiting.Started = timeProvider.GetTimestamp();
        return new(waiting.Handled, jobs);
    }

    // what goes behind others of its type keeps a place free for them
    private static int Places(Waiting waiting, int priority) =>
        priority >= (int)UserShares.Beyond && waiting.Handled?.Type.Priority < UserShares.Beyond
            ? Math.Max(1, waiting.Concurrent - 1)
            : waiting.Concurrent;

    // dead letters are poison too, but are acknowledged over another channel
    private static string KeyOf(HandledJob? handled, ReceivedJob job) =>
        handled?.Type.Name ?? (job.Source.IsDeadLetter ? "(dead letter)" : job.IsTakenOut ? "(taken out)" : "(poison)");

    private sealed class Waiting(string key, HandledJob? handled)
    {
        public string Key => key;

        public HandledJob? Handled => handled;

        public Queue<ReceivedJob> Jobs { get; } = new();

        public int Max => handled?.MaxBatch ?? MaxPoison;

        public TimeSpan? Window => handled?.Window;

        public int Concurrent => handled?.ConcurrentBatches ?? 1;

        public long Since => Jobs.Peek().ArrivedAt;

        public long? Started { get; set; }
    }
}

/// <summary>
/// Which queue is served next: the highest that has a batch ready, unless a lower one was passed over so often
/// that it is due. So a queue never gets less than one batch in <see cref="MaxPassedOver"/> + 1 for each queue above it.
/// </summary>
internal sealed class QueueChoice(int queues)
{
    /// <summary>How many batches of higher queues a waiting queue lets go first.</summary>
    public const int MaxPassedOver = 8;

    private readonly int[] _passedOver = new int[queues];

    /// <summary>The queue to serve, and null when none is ready.</summary>
    /// <param name="ready">For each queue, the highest first, whether it has a batch ready.</param>
    public int? Next(ReadOnlySpan<bool> ready)
    {
        var chosen = ready.IndexOf(true);
        if (chosen < 0)
            return null;
        for (var queue = chosen + 1; queue < ready.Length; queue++)
        {
            if (ready[queue] && _passedOver[queue] >= MaxPassedOver && _passedOver[queue] > _passedOver[chosen])
                chosen = queue;
        }

        _passedOver[chosen] = 0;
        for (var queue = 0; queue < ready.Length; queue++)
        {
            if (queue != chosen)
                _passedOver[queue] = ready[queue] ? _passedOver[queue] + 1 : 0;
        }

        return chosen;
    }
}
