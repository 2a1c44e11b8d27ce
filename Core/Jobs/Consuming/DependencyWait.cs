using Microsoft.Extensions.Options;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>The wait of a batch whose dependency is away: longer each time, and over at once when its channel is lost.</summary>
internal sealed class DependencyWait(IOptions<JobOptions> options, TimeProvider time)
{
    private const int MaxDoublings = 10;

    /// <exception cref="OperationCanceledException">The process stops, or the batch comes again by itself.</exception>
    public async Task WaitAsync(int failures, IDeliveryQueue lane, CancellationToken abort)
    {
        var wait = TimeSpan.FromMilliseconds(options.Value.FirstHoldMs) * Math.Pow(2, Math.Min(failures, MaxDoublings));
        var longest = TimeSpan.FromSeconds(options.Value.MaxHoldSeconds);
        var hold = Task.Delay(wait < longest ? wait : longest, time, abort);
        if (await Task.WhenAny(hold, lane.Lost) == hold)
            await hold;
        ThrowIfLost(lane);
    }

    /// <exception cref="OperationCanceledException">The batch comes again by itself.</exception>
    public static void ThrowIfLost(IDeliveryQueue lane)
    {
        if (lane.Lost.IsCompleted)
            throw new OperationCanceledException("The channel is gone; the batch comes again.");
    }
}
