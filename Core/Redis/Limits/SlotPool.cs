using StackExchange.Redis;

namespace Switchboard.Core.Redis.Limits;

/// <summary>The slots in Redis; see <see cref="SlotScripts"/>.</summary>
internal sealed class SlotPool(RedisConnection redis)
{
    public Task<SlotAnswer> TakeAsync(string key, string token, long micros, long least, CancellationToken cancellation) =>
        AskAsync(SlotScripts.Take, key, cancellation, token, micros, least);

    public Task<SlotAnswer> RenewAsync(string key, string token, long micros, CancellationToken cancellation) =>
        AskAsync(SlotScripts.Renew, key, cancellation, token, micros);

    public Task ReleaseAsync(string key, string token) => redis.RunAsync(SlotScripts.Release, [KeyOf(key)], [token], CancellationToken.None);

    public async Task<bool> OpenAsync(string key, string run, long ends, int slots, CancellationToken cancellation)
    {
        var reply = await redis.RunAsync(SlotScripts.Open, [KeyOf(key)], [run, ends, slots], cancellation);
        return reply.Answered && (long)reply.Value! == 1;
    }

    private async Task<SlotAnswer> AskAsync(string script, string key, CancellationToken cancellation, params RedisValue[] arguments)
    {
        var reply = await redis.RunAsync(script, [KeyOf(key)], arguments, cancellation);
        if (!reply.Answered)
            return default;
        var answer = (RedisValue[])reply.Value!;
        return new(true, (long)answer[0], (long)answer[1], (int)answer[2], (long)answer[3], (string)answer[4]!);
    }

    private RedisKey KeyOf(string key) => $"{redis.KeyPrefix}slots:{key}";
}
