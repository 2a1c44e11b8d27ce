using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

/// <summary>A caller that does as a sender of webhooks does: what was not accepted it sends again.</summary>
internal static class Load
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    public static async Task PublishUntilTakenAsync(JobPublisher publisher, IReadOnlyCollection<OutgoingJob> jobs)
    {
        while (true)
        {
            try
            {
                await publisher.PublishAsync(jobs, CancellationToken.None);
                return;
            }
            catch (BrokerUnavailableException)
            {
                await Task.Delay(_pause);
            }
        }
    }
}
