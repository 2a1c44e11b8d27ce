using Switchboard.Core.Jobs;
using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Tests.Unit.Jobs;

/// <summary>A queue without a broker.</summary>
internal sealed class FakeQueue(JobPriority priority, bool isDeadLetter = false) : IDeliveryQueue
{
    private readonly TaskCompletionSource _lost = new();

    public JobQueue Queue { get; } = JobQueue.Of(JobWorker.Ingest, priority);

    public bool IsDeadLetter => isDeadLetter;

    public Task Lost => _lost.Task;

    public void Lose() => _lost.SetResult();

    public void Settle(IReadOnlyList<ReceivedJob> jobs) => throw new NotSupportedException();
}
