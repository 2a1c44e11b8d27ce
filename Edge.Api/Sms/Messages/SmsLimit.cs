using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Switchboard.Core.Redis;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>
/// At most so many texts of a number in any hour (<see cref="SmsLimitOptions"/>), counted in Redis for all processes together and
/// by Redis's clock, exactly: each text by its SID. While Redis is away each process counts for itself, from nothing.
/// </summary>
internal sealed class SmsLimit
{
    // of a limit above this, what is counted is not handed around with each refusal
    private const int MostRemembered = 1_000;

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly RedisConnection _redis;
    private readonly ThrottledNumbers _refused;
    private readonly SmsWindows _local;

    public SmsLimit(RedisConnection redis, ThrottledNumbers refused, IOptions<SmsLimitOptions> options, TimeProvider time)
    {
        _redis = redis;
        _refused = refused;
        Texts = options.Value.MessagesPerHour;
        _local = new SmsWindows(Texts, Window, time);
    }

    /// <summary>How many texts in an hour.</summary>
    public int Texts { get; }

    /// <summary>Counts a text, once however often it comes.</summary>
    /// <param name="number">Who sent it.</param>
    /// <param name="sid">The text.</param>
    /// <param name="cancellation">Ends the wait; the text may be counted.</param>
    public async ValueTask<SmsPermit> TakeAsync(string number, string sid, CancellationToken cancellation)
    {
        if (_refused.TryAnswer(number, sid, out var known))
            return known;

        var remembers = Texts <= MostRemembered;
        var reply = await _redis.RunAsync(
            SmsLimitScript.Text,
            [$"{_redis.KeyPrefix}texts:{number}"],
            [Texts, (long)Window.TotalMicroseconds, sid, remembers ? 1 : 0],
            cancellation);
        if (!reply.Answered)
            return _local.Take(number, sid);

        var answer = (RedisValue[])reply.Value!;
        if ((int)answer[0] > 0)
            return SmsPermit.Granted;
        var retryAfter = TimeSpan.FromMicroseconds((long)answer[1]);
        _refused.Remember(number, retryAfter, remembers ? answer.Skip(2).Select(member => (string)member!).ToHashSet() : null);
        return SmsPermit.Refused(retryAfter);
    }
}
