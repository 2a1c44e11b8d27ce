using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Switchboard.Core.Redis.Limits;

/// <summary>What processes share: Redis in front of Postgres. See <see cref="LayeredLimiter"/> for why it never grants too much.</summary>
internal sealed class PermitLayers(PermitPool pool, RecordedWindows recorded, IOptions<LimitOptions> options, TimeProvider time)
{
    private readonly ConcurrentQueue<PooledLease> _pooled = new();

    /// <summary>Gets up to so many permits, at least as many as are needed, or none.</summary>
    public async Task<LeaseAnswer> LeaseAsync(string key, RateLimit limit, int wanted, int needed, CancellationToken cancellation)
    {
        var asked = time.NowMicros();
        var waiting = await pool.TakeAsync(key, limit, wanted, needed, cancellation);
        if (waiting.Granted > 0)
            return new(LimitLayer.Redis, new PermitLease(waiting.Lease, waiting.Granted, asked + waiting.UsableMicros), TimeSpan.Zero);

        asked = time.NowMicros();
        var grant = await recorded.RecordAsync(
            key, limit, waiting.Answered ? LeasePlan.Chunk(limit, wanted) : wanted, needed, cancellation);
        if (grant is null)
            return new(LimitLayer.Nobody, null, TimeSpan.FromMilliseconds(options.Value.AskAgainMs));
        if (grant.Granted == 0)
            return new(LimitLayer.Postgres, null, grant.RetryAfter);
        var mine = new PermitLease(grant.Lease, Math.Min(grant.Granted, wanted), asked + LeasePlan.Use(limit).Micros());
        if (grant.Granted > mine.Permits)
            await PoolAsync(key, limit, waiting, grant.Lease, grant.Granted - mine.Permits, cancellation);
        return new(LimitLayer.Postgres, mine, TimeSpan.Zero);
    }

    /// <summary>Gives back what was certainly not used.</summary>
    public Task GiveBackAsync(PermitLease unspent, CancellationToken cancellation) =>
        recorded.GiveBackAsync(unspent.Id, unspent.Permits, cancellation);

    /// <summary>
    /// Gives back what this process put into Redis and nobody got in time; with <paramref name="all"/>, all that nobody got yet.
    /// </summary>
    public async Task CloseEndedAsync(bool all, CancellationToken cancellation)
    {
        for (var count = _pooled.Count; count > 0 && _pooled.TryDequeue(out var lease); count--)
        {
            if (!all && time.NowMicros() < lease.EndsAt)
                _pooled.Enqueue(lease);
            else if (await pool.CloseAsync(lease.Key, lease.Limit, lease.Id, cancellation) is > 0 and var left)
                await recorded.GiveBackAsync(lease.Id, left, cancellation);
        }
    }

    private async Task PoolAsync(string key, RateLimit limit, PoolAnswer asked, long lease, int permits, CancellationToken cancellation)
    {
        if (await pool.AddAsync(key, limit, asked, lease, permits, cancellation))
            _pooled.Enqueue(new(key, limit, lease, time.NowMicros() + LeasePlan.Use(limit).Micros()));
        else
            await recorded.GiveBackAsync(lease, permits, cancellation);
    }

    private sealed record PooledLease(string Key, RateLimit Limit, long Id, long EndsAt);
}
