namespace Switchboard.Core.Jobs;

/// <summary>A queue of ready jobs: of one worker and one priority.</summary>
public sealed record JobQueue
{
    private static readonly int PriorityCount = Enum.GetValues<JobPriority>().Length;

    private static readonly JobQueue[] _all =
        [.. from worker in Enum.GetValues<JobWorker>() from priority in Enum.GetValues<JobPriority>() select new JobQueue(worker, priority)];

    private JobQueue(JobWorker worker, JobPriority priority)
    {
        Worker = worker;
        Priority = priority;
        Name = $"{NameOf(worker)}.{NameOf(priority)}";
    }

    /// <summary>Every queue, by worker and then by priority.</summary>
    public static IReadOnlyList<JobQueue> All => _all;

    /// <summary>The worker that serves it.</summary>
    public JobWorker Worker { get; }

    /// <summary>How soon.</summary>
    public JobPriority Priority { get; }

    /// <summary>The name of the queue: <c>ingest.high</c>.</summary>
    public string Name { get; }

    /// <summary>The queue of a worker and a priority.</summary>
    public static JobQueue Of(JobWorker worker, JobPriority priority) =>
        _all[((int)worker * PriorityCount) + (int)priority];

    /// <summary>The queue that a job goes to.</summary>
    public static JobQueue Of(JobType type, IJob job)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(job);
        return Of(type.Worker, job.PriorityOverride ?? type.Priority);
    }

    /// <summary>Where messages go that a worker's queues could not get rid of: <c>ingest.dead-letter</c>.</summary>
    public static string DeadLetterQueueOf(JobWorker worker) => $"{NameOf(worker)}.dead-letter";

    /// <summary>A worker's name in queues and tables: <c>ingest</c>.</summary>
    public static string NameOf(JobWorker worker) => worker switch
    {
        JobWorker.Ingest => "ingest",
        JobWorker.Dispatch => "dispatch",
        JobWorker.Analytics => "analytics",
        _ => throw new ArgumentOutOfRangeException(nameof(worker), worker, "No such worker."),
    };

    /// <summary>A priority's name in queues: <c>very-low</c>.</summary>
    public static string NameOf(JobPriority priority) => priority switch
    {
        JobPriority.Critical => "critical",
        JobPriority.High => "high",
        JobPriority.Normal => "normal",
        JobPriority.Low => "low",
        JobPriority.VeryLow => "very-low",
        _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "No such priority."),
    };

    /// <summary>The worker of a name; null when there is none, as far as this version knows.</summary>
    internal static JobWorker? FindWorker(string name) =>
        Enum.GetValues<JobWorker>().Cast<JobWorker?>().FirstOrDefault(worker => NameOf(worker!.Value) == name);

    /// <summary>The name of a queue as it is kept in a row, even when this version knows no such worker or priority.</summary>
    internal static string NameOf(string worker, int priority) =>
        $"{worker}.{(Enum.IsDefined((JobPriority)priority) ? NameOf((JobPriority)priority) : $"{priority}")}";
}
