using System.Collections.Concurrent;

namespace Switchboard.Core.Redis.Limits;

/// <summary>What answered a check of a limit.</summary>
public enum LimitLayer
{
    /// <summary>The process, from permits that it had, or from a refusal that still held.</summary>
    Local,

    /// <summary>Redis, from permits that were recorded in Postgres for it.</summary>
    Redis,

    /// <summary>Postgres.</summary>
    Postgres,

    /// <summary>Neither of them could be asked, and nothing was granted; <c>nobody</c> in metrics.</summary>
    None,
}

/// <summary>The answer of <see cref="LayeredLimiter"/>.</summary>
/// <param name="IsAllowed">Whether all the permits were granted.</param>
/// <param name="AnsweredBy">What answered; <see cref="LimitLayer.None"/> when Redis and Postgres are both unavailable.</param>
/// <param name="RetryAfter">Zero if granted; else the time until it is worth asking again.</param>
public readonly record struct LimitCheck(bool IsAllowed, LimitLayer AnsweredBy, TimeSpan RetryAfter);

/// <summary>
/// A limit that holds over all processes, whatever dies: a budget in the process, in front of permits in Redis, in front of windows in
/// Postgres. For limits that a provider keeps (Graph: 10,000 requests in 10 minutes a mailbox) and where the provider's own refusal is
/// not to be relied on.
/// <para>
/// <b>Never more than the limit in any window.</b> Postgres gives out leases: so many permits, to be used within a 32nd of the window;
/// <c>check_and_record_rate_limit</c>, one call of a key after another, gives none that would make the sum of what counts exceed the
/// limit, and a lease counts from when it was given until a window after its end. A permit reaches a check by two ways: from Postgres
/// to the process, or from Postgres into Redis and from there, by a script that takes it off, to one process. Either way it belongs to
/// a lease that was recorded before, it is handed out once, and it is used before its lease ends: the process counts that
/// time by a clock that is never set, from before it asked, and what lies in Redis ends by a moment of Redis's clock from before
/// Postgres was asked. So all permits used in a window belong to leases that all count at the window's end, and their sum is at
/// most the limit.
/// </para>
/// <para>
/// Nothing has to be handed over when Redis dies or comes back, because Redis knows nothing that Postgres does not: what it held is lost
/// and stays counted (at most an eighth of the limit for each lease, for a window), processes ask Postgres for small leases meanwhile,
/// and a server that comes back with old data is another run, whose permits are dropped. An answer that got lost is a lease that is not
/// used. What was certainly not used is given back once; what is not given back ends with its window.
/// Without Postgres what was leased is used up, and then nothing is granted: <see cref="LimitLayer.None"/> says so.
/// </para>
/// <para>
/// The price: a permit comes back up to a 16th of a window late. What a check allows is to be done at once: the time until the
/// provider counts it is not known here.
/// </para>
/// </summary>
public sealed class LayeredLimiter : IDisposable
{
    private readonly ConcurrentDictionary<(string Key, RateLimit Limit), LocalBudget> _budgets = new();
    private readonly PermitLayers _layers;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _askAgain;

    internal LayeredLimiter(
        PermitLayers layers, IOptions<LimitOptions> options, TimeProvider timeProvider, LayeredLimitStatistics statistics)
    {
        _layers = layers;
        _timeProvider = timeProvider;
        _askAgain = TimeSpan.FromMilliseconds(options.Value.AskAgainMs);
        Statistics = statistics;
    }

    /// <summary>What was checked so far.</summary>
    public LayeredLimitStatistics Statistics { get; }

    /// <summary>Takes all the permits or none.</summary>
    /// <param name="key">What is limited: <c>graph:&lt;mailbox&gt;</c>.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="permits">How many, at most the limit's.</param>
    /// <param name="localBudget">Whether the process takes blocks of permits and answers from them (ENABLE_RATE_LIMIT_CACHING), or asks
    /// Redis for each check.</param>
    /// <param name="cancellationToken">Ends the wait; the permits may count.</param>
    public ValueTask<LimitCheck> AcquireAsync(
        string key, RateLimit limit, int permits, bool localBudget, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(limit);
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permits, limit.Permits);
        if (!localBudget)
            return new(AskAsync(key, limit, permits, cancellationToken));
        if (!_budgets.TryGetValue((key, limit), out var budget))
            budget = _budgets.GetOrAdd((key, limit), static (id, askAgain) => new(id.Limit, askAgain), _askAgain);
        return budget.TryTake(_timeProvider.NowMicros(), permits, out var check)
            ? new(Statistics.Count(check))
            : new(RefillAsync(budget, key, limit, permits, cancellationToken));
    }

    /// <summary>
    /// Gives back what ended unspent and forgets keys that are not used; with <paramref name="all"/>, gives back everything.
    /// </summary>
    internal async Task GiveBackAsync(bool all, CancellationToken cancellationToken)
    {
        foreach (var (id, budget) in _budgets)
        {
            foreach (var unspent in budget.TakeUnspent(_timeProvider.NowMicros(), all))
                await _layers.GiveBackAsync(unspent, cancellationToken);
            // its holder still works with it; what is left unspent ends with its window
            if (budget.IsIdle(_timeProvider.NowMicros()))
                _budgets.TryRemove(id, out _);
        }

        await _layers.CloseEndedAsync(all, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var budget in _budgets.Values)
            budget.Dispose();
    }

    private async Task<LimitCheck> RefillAsync(
        LocalBudget budget, string key, RateLimit limit, int permits, CancellationToken cancellationToken)
    {
        await budget.Asking.WaitAsync(cancellationToken);
        try
        {
            if (budget.TryTake(_timeProvider.NowMicros(), permits, out var check))
                return Statistics.Count(check);
            var answer = await _layers.LeaseAsync(key, limit, budget.NextBlock(permits), permits, cancellationToken);
            return Statistics.Count(budget.Put(answer, _timeProvider.NowMicros(), permits));
        }
        finally
        {
            budget.Asking.Release();
        }
    }

    private async Task<LimitCheck> AskAsync(string key, RateLimit limit, int permits, CancellationToken cancellationToken)
    {
        var answer = await _layers.LeaseAsync(key, limit, permits, permits, cancellationToken);
        if (answer.Lease is not { } lease)
            return Statistics.Count(new(false, answer.By, answer.RetryAfter));
        if (_timeProvider.NowMicros() < lease.UsableUntil)
            return Statistics.Count(new(true, answer.By, TimeSpan.Zero));
        await _layers.GiveBackAsync(lease, cancellationToken);
        return Statistics.Count(new(false, LimitLayer.None, TimeSpan.FromMilliseconds(1)));
    }
}
