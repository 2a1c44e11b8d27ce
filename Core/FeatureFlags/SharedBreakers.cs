using System.Globalization;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using Switchboard.Core.Redis;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// Tells the other processes by Redis that a switch fell, and hears it from them: what fails in one fails in all. A key holds
/// it for as long as it is off, for those who start later or had lost Redis. That it works again each process finds out by itself.
/// Without Redis each process has its own five failures.
/// </summary>
internal sealed class SharedBreakers(
    IReadOnlyDictionary<string, FeatureCircuitBreaker> switches, TimeProvider time, RedisConnection? redis = null) : IHostedService
{
    private const string Channel = "rollout:off";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (redis is null)
            return Task.CompletedTask;
        redis.Listen(Channel, Hear);
        redis.Available += () => _ = CatchUpAsync();
        foreach (var safety in switches.Values)
            safety.Fell += (flag, until) => _ = TellAsync(flag, until);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private RedisKey KeyOf(string flag) => $"{redis!.KeyPrefix}{Channel}:{flag}";

    // how long it is off, not until when: the clocks of machines differ
    private async Task TellAsync(string flag, DateTimeOffset until)
    {
        var off = until - time.GetUtcNow();
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
        foreach (var (flag, safety) in switches)
        {
            var left = await redis!.AskAsync(database => database.KeyTimeToLiveAsync(KeyOf(flag)), CancellationToken.None);
            if (left.Value is { } off)
                safety.Hear(time.GetUtcNow() + off);
        }
    }

    private void Hear(RedisValue message)
    {
        var words = ((string)message!).Split(' ');
        if (words.Length == 2 && switches.TryGetValue(words[0], out var safety)
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var off))
            safety.Hear(time.GetUtcNow() + TimeSpan.FromMilliseconds(off));
    }
}
