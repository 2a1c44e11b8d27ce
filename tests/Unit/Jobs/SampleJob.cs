using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

public sealed record SampleJob(Guid Id, string Text, JobPriority? Priority = null) : IJob
{
    public static JobType Type { get; } = new("sample-job", 1, JobWorker.Ingest, JobPriority.Normal);

    public string IdempotencyKey => $"sample:{Text}";

    JobPriority? IJob.PriorityOverride => Priority;
}
