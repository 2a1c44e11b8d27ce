using System.Diagnostics;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

/// <summary>A caller that does as a sender of webhooks does: what was not accepted it sends again.</summary>
internal static class Load
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    public static async Task PublishUntilTakenAsync(JobPublisher publisher, IReadOnlyCollection<OutgoingJob> jobs)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await publisher.PublishAsync(jobs, CancellationToken.None);
                return;
            }
            catch (BrokerUnavailableException reason)
            {
                clock.Elapsed.ShouldBeLessThan(_patience, $"{jobs.First().Job} is not taken: {reason.Message}");
                await Task.Delay(_pause);
            }
        }
    }
}
