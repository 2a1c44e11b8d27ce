using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Publishes a sync of each active mailbox that was not synced lately. Several polls at once are one.</summary>
internal sealed class PollMailboxesHandler(
    MailboxStore mailboxes, JobPublisher publisher, IOptions<MailboxOptions> options, TimeProvider time) : IJobHandler<PollMailboxes>
{
    private const int PageSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<PollMailboxes>> batch, CancellationToken cancellation)
    {
        // half of it: one read just after the last poll would else have to wait for the next but one
        var since = time.GetUtcNow().AddSeconds(-options.Value.PollSeconds / 2.0);
        for (var after = ""; ;)
        {
            var addresses = await mailboxes.NotSyncedSinceAsync(since, after, PageSize, cancellation);
            await publisher.PublishAsync(
                [.. addresses.Select(address => new OutgoingJob(new SyncMailbox(Guid.CreateVersion7(time.GetUtcNow()), address, HistoryId: null)))], cancellation);
            if (addresses.Count < PageSize)
                return [.. batch.Select(_ => JobOutcome.Done)];
            after = addresses[^1];
        }
    }
}
