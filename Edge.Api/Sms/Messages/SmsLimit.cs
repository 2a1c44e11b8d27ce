using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Edge.Api.Webhooks;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>How many SMS of a number are taken; at the root of the configuration.</summary>
internal sealed class SmsLimitOptions
{
    /// <summary>SMS in any hour, of each number.</summary>
    [ConfigurationKeyName("RATE_LIMIT_MESSAGES_PER_HOUR")]
    [Range(1, 1_000_000, ErrorMessage = "RATE_LIMIT_MESSAGES_PER_HOUR must be from 1 to 1,000,000.")]
    public int MessagesPerHour { get; init; } = 20;
}

/// <summary>Whether an SMS is within the limit of its number.</summary>
/// <param name="IsGranted">Whether it is.</param>
/// <param name="RetryAfter">If not: the time until one more is.</param>
internal readonly record struct SmsPermit(bool IsGranted, TimeSpan RetryAfter)
{
    public static SmsPermit Granted { get; } = new(true, TimeSpan.Zero);

    public static SmsPermit Refused(TimeSpan retryAfter) => new(false, retryAfter);
}

/// <summary>
/// At most so many SMS of a number in any hour (<see cref="SmsLimitOptions"/>), by the <see cref="SlidingWindowLimiter"/> that all
/// processes share. An SMS that the provider hands in again counts once: which ones were counted is kept for as long, in Redis, and
/// the last of them in this process too, for while Redis is unavailable.
/// </summary>
internal sealed class SmsLimit(
    SlidingWindowLimiter limiter, RedisConnection redis, ThrottledNumbers throttled, IOptions<SmsLimitOptions> options)
{
    private const int MaxRemembered = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly RateLimit _limit = new(options.Value.MessagesPerHour, Window);
    private readonly Lock _lock = new();
    private readonly HashSet<string> _counted = [];
    private readonly Queue<string> _countedByTime = new();

    /// <summary>How many SMS in an hour.</summary>
    public int PerHour => _limit.Permits;

    /// <summary>Counts an SMS, once however often it comes; one that is refused is not counted.</summary>
    /// <param name="number">The number that sent it.</param>
    /// <param name="sid">The SMS.</param>
    /// <param name="cancellationToken">Ends the wait; the SMS may be counted.</param>
    public async ValueTask<SmsPermit> TakeAsync(string number, string sid, CancellationToken cancellationToken)
    {
        if (IsRemembered(sid))
            return SmsPermit.Granted;
        if (throttled.TryFind(number, out var roomAfter))
            return await IsCountedAsync(sid, cancellationToken) ? SmsPermit.Granted : SmsPermit.Refused(roomAfter);

        var permit = await limiter.AcquireOnceAsync($"sms:{number}", _limit, Key(sid), cancellationToken);
        if (permit.IsAllowed)
        {
            Remember(sid);
            return SmsPermit.Granted;
        }

        throttled.Add(number, permit.RetryAfter);
        return SmsPermit.Refused(permit.RetryAfter);
    }

    private async Task<bool> IsCountedAsync(string sid, CancellationToken cancellationToken)
    {
        var reply = await redis.AskAsync(database => database.KeyExistsAsync(Key(sid)), cancellationToken);
        return reply.Answered && reply.Value;
    }

    private bool IsRemembered(string sid)
    {
        lock (_lock)
            return _counted.Contains(sid);
    }

    private void Remember(string sid)
    {
        lock (_lock)
        {
            if (!_counted.Add(sid))
                return;
            _countedByTime.Enqueue(sid);
            if (_countedByTime.Count > MaxRemembered)
                _counted.Remove(_countedByTime.Dequeue());
        }
    }

    private RedisKey Key(string sid) => $"{redis.KeyPrefix}sms-counted:{sid}";
}

/// <summary>Counts SMS that were over the limit of their number: <c>switchboard.texts.refused</c>.</summary>
internal sealed class SmsMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _refused = meters.Create(WebhookMetrics.MeterName)
        .CreateCounter<long>("switchboard.texts.refused", "{sms}", "SMS that were over the hourly limit of their number.");

    public void Refused() => _refused.Add(1);
}
