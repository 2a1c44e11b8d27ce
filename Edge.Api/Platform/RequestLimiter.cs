using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Counts requests by key, those without one by address.</summary>
internal sealed class RequestLimiter(SlidingWindowLimiter limiter, IOptions<RateLimitOptions> options, TimeProvider timeProvider)
    : IDisposable
{
    private const int SweepAbove = 10_000;

    private readonly ConcurrentDictionary<(RateLimitPolicy Policy, object Who), PermitBlock> _blocks = new();
    private readonly RateLimitPolicy _default = RateLimitPolicy.From("default", options.Value.Default);
    private readonly RateLimitPolicy _webhooks = RateLimitPolicy.From("webhooks", options.Value.Webhooks);

    /// <summary>The policy of the endpoint that was chosen.</summary>
    public RateLimitPolicy PolicyOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<WebhookLimitAttribute>() is null ? _default : _webhooks;

    /// <summary>Takes one permit for this request.</summary>
    public ValueTask<RequestPermit> TakeAsync(RateLimitPolicy policy, HttpContext context)
    {
        object who = context.Features.Get<Caller>() is { } caller ? caller.KeyId : AddressOf(context);
        var now = timeProvider.GetUtcNow();
        if (!_blocks.TryGetValue((policy, who), out var block))
        {
            Sweep(now);
            block = _blocks.GetOrAdd((policy, who), static part => new($"{part.Policy.Name}:{part.Who}", part.Policy));
        }

        return block.TakeAsync(limiter, now, context.RequestAborted);
    }

    public void Dispose()
    {
        foreach (var block in _blocks.Values)
            block.Dispose();
    }

    private static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    // Who tries many addresses must not fill the memory. A block that someone still holds goes on to work.
    private void Sweep(DateTimeOffset now)
    {
        if (_blocks.Count < SweepAbove)
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
