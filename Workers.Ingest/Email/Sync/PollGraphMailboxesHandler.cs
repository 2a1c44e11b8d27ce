using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Publishes what nobody else asks for. Several polls at once are one.</summary>
internal sealed class PollGraphMailboxesHandler(
    GraphAccounts accounts, SyncRevival revival, JobPublisher publisher, IOptions<SyncOptions> options, TimeProvider time)
    : IJobHandler<PollGraphMailboxes>
{
    private const int PageSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<PollGraphMailboxes>> batch, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await revival.ReviveAsync(now.AddSeconds(-options.Value.StalledSeconds), cancellation);
        var since = now.AddSeconds(-options.Value.PollSeconds);
        for (var after = Guid.Empty; ;)
        {
            var due = await accounts.NotReadSinceAsync(since, after, PageSize, cancellation);
            await publisher.PublishAsync([.. due.Select(account => new OutgoingJob(new FollowAccount(Guid.CreateVersion7(time.GetUtcNow()), account)))], cancellation);
            if (due.Count < PageSize)
                return [.. batch.Select(_ => JobOutcome.Done)];
            after = due[^1];
        }
    }
}
