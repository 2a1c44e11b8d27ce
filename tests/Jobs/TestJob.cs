using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed record TestJob(Guid Id, string Text, JobPriority Priority = JobPriority.Critical) : IJob
{
    public static JobType Type { get; } = new("test-job", 1, JobWorker.Ingest, JobPriority.Normal);

    public string IdempotencyKey => $"test:{Text}";

    JobPriority? IJob.PriorityOverride => Priority;

    public static TestJob Named(string text, JobPriority priority = JobPriority.Critical) => new(Guid.CreateVersion7(), text, priority);
}
