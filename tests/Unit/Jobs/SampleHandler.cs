using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

internal sealed class SampleHandler : IJobHandler<SampleJob>
{
    public Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<SampleJob>> batch, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JobOutcome>>([.. batch.Select(_ => JobOutcome.Done)]);
}
