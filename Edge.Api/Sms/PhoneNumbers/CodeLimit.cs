using Switchboard.Core.Redis.Limits;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>
/// How often codes are sent to one number, by all users together: nobody's phone is to be filled by strangers, nor a code to be found
/// by trying one after the other.
/// </summary>
internal sealed class CodeLimit(SlidingWindowLimiter limiter)
{
    private static readonly RateLimit Soon = new(1, TimeSpan.FromSeconds(30));
    private static readonly RateLimit Often = new(5, TimeSpan.FromHours(1));

    /// <summary>Counts a code that is about to be sent; or the time until one may be.</summary>
    public async Task<TimeSpan?> TakeAsync(string number, CancellationToken cancellation)
    {
        foreach (var limit in new[] { Soon, Often })
        {
            var permit = await limiter.AcquireAsync($"verification-code:{number}", limit, 1, cancellation);
            if (!permit.IsAllowed)
                return permit.RetryAfter;
        }

        return null;
    }
}
