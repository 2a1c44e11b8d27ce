using Switchboard.Core.Jobs;
using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Tests.Unit.Jobs;

/// <summary>A lane without a broker.</summary>
internal sealed class FakeLane(JobPriority priority, bool isDeadLetter = false) : IDeliveryLane
{
    private readonly TaskCompletionSource _lost = new();

    public JobLane Lane { get; } = JobLane.Of(JobWorker.Ingest, priority);

    public bool IsDeadLetter => isDeadLetter;

    public Task Lost => _lost.Task;

    public void Lose() => _lost.SetResult();

    public void Settle(IReadOnlyList<ReceivedJob> jobs) => throw new NotSupportedException();
}
