using System.Globalization;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Keeps the limits of a mailbox. Apart from what keeps them for the tests of what is limited.</summary>
internal interface IGraphRateLimit
{
    /// <summary>Sends a batch when its slot is free.</summary>
    /// <param name="account">Whose mailbox.</param>
    /// <param name="requests">How many requests it has.</param>
    /// <param name="send">Sends it; its token ends the call when the slot is lost.</param>
    /// <param name="cancellationToken">Ends the wait and the call.</param>
    /// <exception cref="ProviderException">The mailbox has had its share, or the batch failed.</exception>
    Task<T> PassAsync<T>(Guid account, int requests, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken);
}

/// <summary>
/// Keeps the limits of a mailbox over all processes: one batch at a time, whose requests Graph serves four at once, and so many
/// requests in ten minutes, each of a batch counted.
/// </summary>
internal sealed class GraphRateLimit(
    ConcurrencyLimiter slots,
    LayeredLimiter permits,
    FeatureRollout rollout,
    IOptions<GraphOptions> options,
    TimeProvider timeProvider) : IGraphRateLimit
{
    private const int BatchesAtOnce = 1;
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private readonly RateLimit _limit = new(options.Value.RequestsPerWindow, TimeSpan.FromSeconds(options.Value.WindowSeconds));

    public async Task<T> PassAsync<T>(
        Guid account, int requests, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        var key = $"graph:{account}";
        await using var slot = await SlotAsync(key, cancellationToken);
        // at once before the call: what is allowed now counts now
        var localBudget = await rollout.IsOnAsync(Feature.RateLimitCaching, account);
        var check = await permits.AcquireAsync(key, _limit, requests, localBudget, cancellationToken);
        if (!check.IsAllowed)
            throw new ProviderException(new ProviderFailure(FailureKind.Throttled, Refusal(check), RetryAfter: check.RetryAfter));
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, slot.Lost);
        try
        {
            return await send(held.Token);
        }
        catch (OperationCanceledException reason) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(FailureKind.Transient, "The slot of the mailbox was lost.", reason);
        }
    }

    private async Task<ConcurrencySlot> SlotAsync(string key, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.SlotWaitSeconds), timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await slots.AcquireAsync(key, BatchesAtOnce, either.Token);
        }
        catch (OperationCanceledException reason) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(new(FailureKind.Throttled, "Others are reading the mailbox.", RetryAfter: Busy), reason);
        }
    }

    private string Refusal(LimitCheck check) => check.AnsweredBy == LimitLayer.None
        ? "The request count is unknown: Redis and Postgres are unavailable."
        : string.Create(
            CultureInfo.InvariantCulture, $"The mailbox has had its {_limit.Permits} requests in {_limit.Window.TotalSeconds} s.");
}
