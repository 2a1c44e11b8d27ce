using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

internal sealed class TestHandler(TestScript script) : IJobHandler<TestJob>
{
    public Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<TestJob>> batch, CancellationToken cancellationToken) =>
        script.HandleAsync(batch, cancellationToken);
}
