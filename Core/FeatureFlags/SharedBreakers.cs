using System.Globalization;
using StackExchange.Redis;
using Switchboard.Core.Redis;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// Publishes over Redis that a breaker opened, and follows those of the other processes: what fails in one fails in all. A key holds it
/// for as long as it is open, for processes that start later or had lost Redis. Each process tries by itself whether it works again.
/// Without Redis each process counts its own failures.
/// </summary>
internal sealed class SharedBreakers(
    IReadOnlyDictionary<string, FeatureCircuitBreaker> breakers, TimeProvider timeProvider, RedisConnection? redis = null) : IHostedService
{
    private const string Channel = "rollout:off";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (redis is null)
            return Task.CompletedTask;
        redis.Listen(Channel, Receive);
        redis.Available += () => _ = CatchUpAsync();
        foreach (var breaker in breakers.Values)
            breaker.Opened += (flag, until) => _ = PublishAsync(flag, until);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private RedisKey KeyOf(string flag) => $"{redis!.KeyPrefix}{Channel}:{flag}";

    // how long it is off, not until when: the clocks of machines differ
    private async Task PublishAsync(string flag, DateTimeOffset until)
    {
        var off = until - timeProvider.GetUtcNow();
        if (off <= TimeSpan.Zero)
            return;
        await redis!.AskAsync(
            database => database.StringSetAsync(KeyOf(flag), "off", off, When.Always, CommandFlags.None), CancellationToken.None);
        var message = string.Create(CultureInfo.InvariantCulture, $"{flag} {(long)off.TotalMilliseconds}");
        await redis.AskAsync(
            database => database.PublishAsync(new(redis.KeyPrefix + Channel, RedisChannel.PatternMode.Literal), message),
            CancellationToken.None);
    }

    private async Task CatchUpAsync()
    {
        foreach (var (flag, breaker) in breakers)
        {
            var left = await redis!.AskAsync(database => database.KeyTimeToLiveAsync(KeyOf(flag)), CancellationToken.None);
            if (left.Value is { } off)
                breaker.Follow(timeProvider.GetUtcNow() + off);
        }
    }

    private void Receive(RedisValue message)
    {
        var words = ((string)message!).Split(' ');
        if (words.Length == 2 && breakers.TryGetValue(words[0], out var breaker)
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var off))
            breaker.Follow(timeProvider.GetUtcNow() + TimeSpan.FromMilliseconds(off));
    }
}
