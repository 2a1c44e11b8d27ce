using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Goes through the mails that are due until none is left or its turn is over: the next one goes on. Several checks at once share
/// the mails among them.</summary>
internal sealed class CheckTrackedHandler(DueMails due, IOptions<TrackingOptions> options, TimeProvider time) : IJobHandler<CheckTracked>
{
    private const int ChunkSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<CheckTracked>> batch, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        while (await due.SettleAsync(ChunkSize, cancellation) == ChunkSize
            && time.GetElapsedTime(begun) < TimeSpan.FromSeconds(options.Value.CheckSeconds))
        {
        }

        return [.. batch.Select(_ => JobOutcome.Done)];
    }
}
