using System.Globalization;
using Microsoft.Extensions.Options;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>
/// Keeps the limits of a mailbox over all processes: one batch at a time, whose requests Graph serves four at once, and so many
/// requests in ten minutes, each of a batch counted.
/// </summary>
internal sealed class GraphGate(
    ConcurrencyLimiter slots, LayeredLimiter permits, FeatureRollout rollout, IOptions<GraphOptions> options, TimeProvider time) : IGraphGate
{
    private const int BatchesAtOnce = 1;
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private readonly RateLimit _limit = new(options.Value.RequestsPerWindow, TimeSpan.FromSeconds(options.Value.WindowSeconds));

    public async Task<T> PassAsync<T>(Guid account, int requests, Func<CancellationToken, Task<T>> send, CancellationToken cancellation)
    {
        var key = $"graph:{account}";
        await using var slot = await SlotAsync(key, cancellation);
        // at once before the call: what is allowed now counts now
        var localBudget = await rollout.IsOnAsync(Feature.RateLimitCaching, account);
        var check = await permits.AcquireAsync(key, _limit, requests, localBudget, cancellation);
        if (!check.IsAllowed)
            throw new GraphException(GraphFailure.Limited, Refusal(check), retryAfter: check.RetryAfter);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellation, slot.Lost);
        try
        {
            return await send(held.Token);
        }
        catch (OperationCanceledException reason) when (!cancellation.IsCancellationRequested)
        {
            throw new GraphException(GraphFailure.Unavailable, "The mailbox's turn was lost.", innerException: reason);
        }
    }

    private async Task<ConcurrencySlot> SlotAsync(string key, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.SlotWaitSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return await slots.AcquireAsync(key, BatchesAtOnce, either.Token);
        }
        catch (OperationCanceledException reason) when (!cancellation.IsCancellationRequested)
        {
            throw new GraphException(GraphFailure.Limited, "Others are reading the mailbox.", retryAfter: Busy, innerException: reason);
        }
    }

    private string Refusal(LimitCheck check) => check.AnsweredBy == LimitLayer.Nobody
        ? "Nobody knows how many requests were sent: Redis and Postgres are away."
        : string.Create(CultureInfo.InvariantCulture, $"The mailbox has had its {_limit.Permits} requests in {_limit.Window.TotalSeconds} s.");
}
