using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Reads mailboxes of which a push or a poll says that there may be something new; the jobs of one mailbox are one reading.</summary>
internal sealed class SyncMailboxHandler(MailboxRun turn, IOptions<MailboxOptions> options) : IJobHandler<SyncMailbox>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<SyncMailbox>> batch, CancellationToken cancellation)
    {
        var outcomes = new ConcurrentDictionary<JobDelivery<SyncMailbox>, JobOutcome>(ReferenceEqualityComparer.Instance);
        await Parallel.ForEachAsync(
            batch.GroupBy(delivery => delivery.Job.Address, StringComparer.OrdinalIgnoreCase),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentSyncs, CancellationToken = cancellation },
            async (jobs, token) =>
            {
                var result = await turn.TakeAsync(jobs.Key, [.. jobs], token);
                foreach (var job in jobs)
                    outcomes[job] = result(job);
            });
        return [.. batch.Select(delivery => outcomes[delivery])];
    }
}
