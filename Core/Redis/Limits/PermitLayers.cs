using System.Collections.Concurrent;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Redis.Limits;

/// <summary>What the shared layers answered to a process that asked for permits.</summary>
/// <param name="By">What answered.</param>
/// <param name="Lease">The permits; null if refused.</param>
/// <param name="RetryAfter">When refused: the time until there are as many as were needed.</param>
internal readonly record struct LeaseAnswer(LimitLayer By, PermitLease? Lease, TimeSpan RetryAfter);

/// <summary>Permits that this process alone may use, recorded in Postgres before it got them.</summary>
/// <param name="Id">The row that counts them.</param>
/// <param name="Permits">How many.</param>
/// <param name="UsableUntil">By the process's own clock (<see cref="LimitClock"/>), in microseconds.</param>
internal readonly record struct PermitLease(long Id, int Permits, long UsableUntil);

/// <summary>What processes share: Redis in front of Postgres. See <see cref="LayeredLimiter"/> for why it never grants too much.</summary>
internal sealed class PermitLayers(PermitPool pool, RecordedWindows recorded, IOptions<LimitOptions> options, TimeProvider timeProvider)
{
    private readonly ConcurrentQueue<PooledLease> _pooled = new();

    /// <summary>Gets up to so many permits, at least as many as are needed, or none.</summary>
    public async Task<LeaseAnswer> LeaseAsync(string key, RateLimit limit, int wanted, int needed, CancellationToken cancellationToken)
    {
        var asked = timeProvider.NowMicros();
        var waiting = await pool.TakeAsync(key, limit, wanted, needed, cancellationToken);
        if (waiting.Granted > 0)
            return new(LimitLayer.Redis, new PermitLease(waiting.Lease, waiting.Granted, asked + waiting.UsableMicros), TimeSpan.Zero);

        asked = timeProvider.NowMicros();
        var grant = await recorded.RecordAsync(
            key, limit, waiting.Answered ? LeasePlan.Chunk(limit, wanted) : wanted, needed, cancellationToken);
        if (grant is null)
            return new(LimitLayer.None, null, TimeSpan.FromMilliseconds(options.Value.AskAgainMs));
        if (grant.Granted == 0)
            return new(LimitLayer.Postgres, null, grant.RetryAfter);
        var mine = new PermitLease(grant.Lease, Math.Min(grant.Granted, wanted), asked + LeasePlan.Use(limit).Micros());
        if (grant.Granted > mine.Permits)
            await PoolAsync(key, limit, waiting, grant.Lease, grant.Granted - mine.Permits, cancellationToken);
        return new(LimitLayer.Postgres, mine, TimeSpan.Zero);
    }

    /// <summary>Gives back what was certainly not used.</summary>
    public Task GiveBackAsync(PermitLease unspent, CancellationToken cancellationToken) =>
        recorded.GiveBackAsync(unspent.Id, unspent.Permits, cancellationToken);

    /// <summary>
    /// Gives back what this process put into Redis and was not granted in time; with <paramref name="all"/>, all that was not granted yet.
    /// </summary>
    public async Task CloseEndedAsync(bool all, CancellationToken cancellationToken)
    {
        for (var count = _pooled.Count; count > 0 && _pooled.TryDequeue(out var lease); count--)
        {
            if (!all && timeProvider.NowMicros() < lease.EndsAt)
                _pooled.Enqueue(lease);
            else if (await pool.CloseAsync(lease.Key, lease.Limit, lease.Id, cancellationToken) is > 0 and var left)
                await recorded.GiveBackAsync(lease.Id, left, cancellationToken);
        }
    }

    private async Task PoolAsync(
        string key, RateLimit limit, PoolAnswer asked, long lease, int permits, CancellationToken cancellationToken)
    {
        if (await pool.AddAsync(key, limit, asked, lease, permits, cancellationToken))
            _pooled.Enqueue(new(key, limit, lease, timeProvider.NowMicros() + LeasePlan.Use(limit).Micros()));
        else
            await recorded.GiveBackAsync(lease, permits, cancellationToken);
    }

    private sealed record PooledLease(string Key, RateLimit Limit, long Id, long EndsAt);
}

/// <summary>Gives back what was not used: each second what ended, and everything when the process stops.</summary>
internal sealed class PermitReturns(LayeredLimiter limiter, TimeProvider timeProvider, ILogger<PermitReturns> logger)
    : ResilientLoop(timeProvider, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        await limiter.GiveBackAsync(all: false, cancellationToken);
        return Interval;
    }

    protected override Task FinishAsync() => limiter.GiveBackAsync(all: true, CancellationToken.None);
}
