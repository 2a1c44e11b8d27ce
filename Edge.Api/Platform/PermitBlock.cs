using Switchboard.Core.Redis.Limits;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// Permits of one key that were fetched from the limiter and not used yet, or its refusal. Each request takes one from here;
/// only a caller that finds it empty asks the limiter, and the others wait for that one answer.
/// </summary>
internal sealed class PermitBlock(string key, RateLimitPolicy policy) : IDisposable
{
    private readonly SemaphoreSlim _refill = new(1, 1);
    private readonly Lock _gate = new();
    private int _left;
    private RateLimitResult _last;
    private DateTimeOffset _fetchedAt;
    private DateTimeOffset _validUntil = DateTimeOffset.MinValue;

    /// <summary>Whether nothing in it counts any more.</summary>
    public bool IsStale(DateTimeOffset now) => now >= _validUntil;

    /// <summary>Takes one permit.</summary>
    public ValueTask<RequestPermit> TakeAsync(SlidingWindowLimiter limiter, DateTimeOffset now, CancellationToken cancellationToken) =>
        TryTake(now, out var permit) ? ValueTask.FromResult(permit) : FetchAsync(limiter, now, cancellationToken);

    /// <summary>Takes more permits, as far as there are so many.</summary>
    public async ValueTask<RequestPermit> ChargeAsync(
        SlidingWindowLimiter limiter, int permits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await _refill.WaitAsync(cancellationToken);
        try
        {
            permits -= TakeHeld(permits, now);
            if (permits > 0)
                Put(await limiter.AcquireUpToAsync(key, policy.Limit, permits, cancellationToken) with { Granted = 0 }, now);
            lock (_gate)
                return new(true, _last.Remaining + _left, Rest(_last.ResetAfter - (now - _fetchedAt)), TimeSpan.Zero);
        }
        finally
        {
            _refill.Release();
        }
    }

    public void Dispose() => _refill.Dispose();

    private int TakeHeld(int permits, DateTimeOffset now)
    {
        lock (_gate)
        {
            var held = now < _validUntil ? Math.Min(_left, permits) : 0;
            _left -= held;
            return held;
        }
    }

    private bool TryTake(DateTimeOffset now, out RequestPermit permit)
    {
        lock (_gate)
        {
            permit = default;
            if (now >= _validUntil || (_left == 0 && _last.IsAllowed))
                return false;
            if (_left > 0)
                _left--;
            var passed = now - _fetchedAt;
            permit = _last.IsAllowed
                ? new(true, _last.Remaining + _left, Rest(_last.ResetAfter - passed), TimeSpan.Zero)
                : new(false, 0, Rest(_last.ResetAfter - passed), Rest(_last.RetryAfter - passed));
            return true;
        }
    }

    private async ValueTask<RequestPermit> FetchAsync(SlidingWindowLimiter limiter, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await _refill.WaitAsync(cancellationToken);
        try
        {
            RequestPermit permit;
            while (!TryTake(now, out permit))
                Put(await limiter.AcquireUpToAsync(key, policy.Limit, policy.Block, cancellationToken), now);
            return permit;
        }
        finally
        {
            _refill.Release();
        }
    }

    private void Put(RateLimitResult result, DateTimeOffset now)
    {
        lock (_gate)
        {
            _last = result;
            _left = result.Granted;
            _fetchedAt = now;
            // permits count for a window; a refusal until one is free, asked again at least each second
            _validUntil = now + (result.IsAllowed
                ? policy.Limit.Window
                : TimeSpan.FromMilliseconds(Math.Clamp(result.RetryAfter.TotalMilliseconds, 1, 1000)));
        }
    }

    private static TimeSpan Rest(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
