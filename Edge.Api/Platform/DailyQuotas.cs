using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// How much a user may have made on one day of UTC; section <c>Quotas</c>, where that of notifications stands too
/// (<see cref="NotificationQuotaOptions"/>).
/// </summary>
internal sealed class QuotaOptions
{
    public const string Section = "Quotas";

    /// <summary>SMS with a code, to whatever numbers.</summary>
    [Range(1, 1_000_000)]
    public int VerificationSmsPerDay { get; init; } = 50;

    /// <summary>Keys of the API, by whichever key they were made.</summary>
    [Range(1, 1_000_000)]
    public int KeysPerDay { get; init; } = 200;

    /// <summary>Mailboxes whose connection is begun.</summary>
    [Range(1, 1_000_000)]
    public int MailboxesPerDay { get; init; } = 100;

    /// <summary>Social accounts whose connection is begun.</summary>
    [Range(1, 1_000_000)]
    public int SocialAccountsPerDay { get; init; } = 1_000;
}

/// <summary>What there is a quota of.</summary>
internal enum Quota
{
    Notifications,
    VerificationSms,
    Keys,
    Mailboxes,
    SocialAccounts,
}

/// <summary>
/// Quotas per user and day. A request counts when it comes, whatever becomes of it. Counted by the limiter that all processes share:
/// without Redis each process counts for itself.
/// </summary>
internal sealed class DailyQuotas(
    SlidingWindowLimiter limiter, NotificationQuota notifications, IOptions<QuotaOptions> options, TimeProvider timeProvider)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Takes one; or says that there is none left until the day ends.</summary>
    public async Task<ProblemHttpResult?> TakeAsync(HttpContext http, Quota quota, Guid userId, CancellationToken cancellationToken)
    {
        var taken = quota == Quota.Notifications
            ? await notifications.TakeAsync(userId, 1, cancellationToken)
            : await limiter.TakeOfDayAsync($"{quota}", userId, Of(quota).PerDay, 1, cancellationToken);
        return taken > 0 ? null : UsedUp(http, quota);
    }

    /// <summary>
    /// Takes so many notifications at once; or says that there are not so many left until the day ends, and takes none. Where none is wanted
    /// yet, since those of a topic are counted when they are planned, there must be one left.
    /// </summary>
    public async Task<ProblemHttpResult?> TakeNotificationsAsync(HttpContext http, Guid userId, int wanted, CancellationToken cancellationToken)
    {
        var isLeft = wanted == 0
            ? await notifications.HasAnyAsync(userId, cancellationToken)
            : await notifications.TakeAllAsync(userId, wanted, cancellationToken);
        return isLeft ? null : UsedUp(http, Quota.Notifications);
    }

    private ProblemHttpResult UsedUp(HttpContext http, Quota quota)
    {
        var (name, perDay) = Of(quota);
        var left = LimitExtensions.Seconds(Day - timeProvider.GetUtcNow().UtcDateTime.TimeOfDay);
        http.Response.Headers.RetryAfter = Math.Max(1, left).ToString(CultureInfo.InvariantCulture);
        return Problems.For(
            StatusCodes.Status429TooManyRequests,
            string.Create(CultureInfo.InvariantCulture, $"A user has {perDay} {name} a day, and today's are used up. The day ends at 00:00 UTC."),
            ProblemKinds.QuotaExceeded);
    }

    private (string Name, int PerDay) Of(Quota quota) => quota switch
    {
        Quota.Notifications => ("notifications", notifications.PerDay),
        Quota.VerificationSms => ("verification SMS", options.Value.VerificationSmsPerDay),
        Quota.Keys => ("new keys", options.Value.KeysPerDay),
        Quota.Mailboxes => ("connections of mailboxes", options.Value.MailboxesPerDay),
        Quota.SocialAccounts => ("connections of social accounts", options.Value.SocialAccountsPerDay),
        _ => throw new ArgumentOutOfRangeException(nameof(quota), quota, "There is no such quota."),
    };
}
