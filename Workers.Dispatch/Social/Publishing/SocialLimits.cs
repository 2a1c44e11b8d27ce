using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Social;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>
/// The limits that come before those of the platforms: how many posts of a platform are under way in this process, how many an account has
/// in a window, and how many all accounts have together, over all processes. What an account has in a day is counted in Postgres, with the
/// attempt (<see cref="PublishingStore.BeginAsync"/>).
/// </summary>
internal sealed class SocialLimits(SlidingWindowLimiter windows, LayeredLimiter budgets, IOptions<PublishingOptions> options) : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, SemaphoreSlim> _places = SocialPlatforms.All.Keys.ToDictionary(
        platform => platform, _ => new SemaphoreSlim(options.Value.MaxConcurrentPerPlatform));

    /// <summary>A place for a post under way, to be given back; null when there is none: a platform that is slow keeps its own posts
    /// waiting and no others.</summary>
    public IDisposable? TryEnter(string platform) => _places[platform].Wait(TimeSpan.Zero) ? new Place(_places[platform]) : null;

    /// <summary>Takes a permit for a post of an account, which is to be sent at once.</summary>
    /// <returns>Null if it was granted; else when to ask again, and what the limit is.</returns>
    public async Task<(TimeSpan Wait, string Limit)?> TakeAsync(string platform, Guid accountId, CancellationToken cancellationToken)
    {
        var limit = options.Value.Of(platform);
        if (limit.Posts > 0)
        {
            var window = new RateLimit(limit.Posts, TimeSpan.FromSeconds(limit.WindowSeconds));
            var permit = await windows.AcquireAsync($"social:{platform}:{accountId}", window, 1, cancellationToken);
            if (!permit.IsAllowed)
                return (AtLeast(permit.RetryAfter), $"{limit.Posts} posts of an account in {limit.WindowSeconds} s");
        }

        if (limit.AppPosts > 0)
        {
            var budget = new RateLimit(limit.AppPosts, TimeSpan.FromSeconds(limit.AppWindowSeconds));
            var check = await budgets.AcquireAsync($"social:{platform}", budget, 1, localBudget: true, cancellationToken);
            if (!check.IsAllowed)
                return (AtLeast(check.RetryAfter), $"{limit.AppPosts} posts of all accounts in {limit.AppWindowSeconds} s");
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var places in _places.Values)
            places.Dispose();
    }

    private static TimeSpan AtLeast(TimeSpan wait) => wait > Soon ? wait : Soon;

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? _places = places;

        public void Dispose() => Interlocked.Exchange(ref _places, null)?.Release();
    }
}
