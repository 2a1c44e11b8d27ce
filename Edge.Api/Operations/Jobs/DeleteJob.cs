using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Operations.Jobs;

/// <summary><c>DELETE /api/jobs/{id}</c>: a waiting job is cancelled, a dead one is removed for good.</summary>
internal sealed class DeleteJob(ScheduledJobs scheduled, DeadJobs dead) : DeleteByIdEndpoint("waiting or dead job")
{
    public override void Configure() => Delete("/api/jobs/{id:guid}", Scope.Jobs, "Jobs", "Cancel a waiting job, or remove a dead one");

    protected override async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await scheduled.CancelAsync(id, cancellationToken) || await dead.DeleteAsync(id, cancellationToken);
}
