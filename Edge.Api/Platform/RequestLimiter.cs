using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// Counts the requests of callers with a key, over all processes: by user, so that many keys are no more than one, and by key where one may
/// do less than its user.
/// </summary>
internal sealed class RequestLimiter(SlidingWindowLimiter limiter, IOptions<RateLimitOptions> options, TimeProvider timeProvider)
    : IDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(RateLimitPolicy Policy, Guid Who), PermitBlock> _blocks = new();
    private readonly RateLimitPolicy _users = RateLimitPolicy.From("default", options.Value.Default);
    private readonly RateLimitPolicy _keys = RateLimitPolicy.From("keys", options.Value.Keys);
    private readonly RateLimitPolicy _webhooks = RateLimitPolicy.From("webhooks", options.Value.Webhooks);
    private long _sweptAt;

    /// <summary>The policy that a user is told.</summary>
    public RateLimitPolicy PolicyOf(bool isWebhook) => isWebhook ? _webhooks : _users;

    /// <summary>Takes one permit for this request.</summary>
    public async ValueTask<RequestPermit> TakeAsync(Caller caller, bool isWebhook, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (KeyOf(caller, isWebhook, now) is { } key
            && await key.TakeAsync(limiter, now, cancellationToken) is { IsAllowed: false } refused)
            return refused;
        return await UserOf(caller, isWebhook, now).TakeAsync(limiter, now, cancellationToken);
    }

    /// <summary>Takes what a request costs beyond its permit, as far as there is so much: it goes on, and the next is refused.</summary>
    public async ValueTask<RequestPermit> ChargeAsync(Caller caller, bool isWebhook, int permits, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (KeyOf(caller, isWebhook, now) is { } key)
            await key.ChargeAsync(limiter, permits, now, cancellationToken);
        return await UserOf(caller, isWebhook, now).ChargeAsync(limiter, permits, now, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var block in _blocks.Values)
            block.Dispose();
    }

    // a key that may do as much as its user is counted with it
    private PermitBlock? KeyOf(Caller caller, bool isWebhook, DateTimeOffset now) =>
        !isWebhook && _keys.PerSecond < _users.PerSecond ? BlockOf(_keys, caller.KeyId, now) : null;

    private PermitBlock UserOf(Caller caller, bool isWebhook, DateTimeOffset now) => BlockOf(PolicyOf(isWebhook), caller.UserId, now);

    private PermitBlock BlockOf(RateLimitPolicy policy, Guid who, DateTimeOffset now)
    {
        if (_blocks.TryGetValue((policy, who), out var block))
            return block;
        Sweep(now);
        return _blocks.GetOrAdd((policy, who), static part => new($"{part.Policy.Name}:{part.Who}", part.Policy));
    }

    // as many as there are users and keys at the most. A block that someone still holds goes on to work.
    private void Sweep(DateTimeOffset now)
    {
        var before = Interlocked.Read(ref _sweptAt);
        if (now.UtcTicks - before < SweepEvery.Ticks || Interlocked.CompareExchange(ref _sweptAt, now.UtcTicks, before) != before)
            return;
        foreach (var (key, block) in _blocks)
        {
            if (block.IsStale(now))
                _blocks.TryRemove(key, out _);
        }
    }
}

/// <summary>Whether a request may go on.</summary>
/// <param name="IsAllowed">Whether it may.</param>
/// <param name="Remaining">How many more may follow.</param>
/// <param name="ResetAfter">When all are free again.</param>
/// <param name="RetryAfter">When it may come back, if it may not go on.</param>
internal readonly record struct RequestPermit(bool IsAllowed, int Remaining, TimeSpan ResetAfter, TimeSpan RetryAfter);
