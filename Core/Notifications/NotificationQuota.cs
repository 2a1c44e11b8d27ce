using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Core.Notifications;

/// <summary>How many notifications a user may have made on one day of UTC; section <c>Quotas</c>, the same in every process.</summary>
public sealed class NotificationQuotaOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Quotas";

    /// <summary>By whatever makes them: programs, rules, reminders.</summary>
    [Range(1, 100_000_000)]
    public int NotificationsPerDay { get; init; } = 200_000;
}

/// <summary>
/// The notifications of a user and day, counted by the limiter that all processes share (without Redis each counts for itself). What a
/// program asks for above it is refused; what a rule or a reminder leads to is made and failed, so that it is seen and can be sent later.
/// What tells the owner of a mailbox that it was connected is not counted: nobody can keep it from them by using the quota up.
/// </summary>
public sealed class NotificationQuota(SlidingWindowLimiter limiter, IOptions<NotificationQuotaOptions> options, TimeProvider timeProvider)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>How many there are a day.</summary>
    public int PerDay => options.Value.NotificationsPerDay;

    /// <summary>Why those above it are not sent, for their user.</summary>
    public string Reason => string.Create(
        CultureInfo.InvariantCulture,
        $"The {PerDay} notifications that a user has a day were used up. It was not sent; it can be retried on another day.");

    /// <summary>Takes as many of a user's as are left of this day, at most so many as are wanted.</summary>
    public async Task<int> TakeAsync(Guid userId, int wanted, CancellationToken cancellationToken)
    {
        // the window is as long as the day, and the day is in the key: nothing comes back before midnight, and all does then
        var key = string.Create(CultureInfo.InvariantCulture, $"quota:Notifications:{userId}:{timeProvider.GetUtcNow():yyyy-MM-dd}");
        return (await limiter.AcquireUpToAsync(key, new(PerDay, Day), wanted, cancellationToken)).Granted;
    }

    /// <summary>Takes for all of them.</summary>
    /// <returns>Those for which there is nothing left.</returns>
    internal async Task<IReadOnlySet<Guid>> TakeAsync(
        IReadOnlyCollection<(Guid Id, NotificationDraft Draft)> made, CancellationToken cancellationToken)
    {
        var users = made.Where(one => IsCounted(one.Draft.Source)).GroupBy(one => one.Draft.UserId, one => one.Id);
        var above = await Task.WhenAll(users.Select(async user =>
        {
            Guid[] ids = [.. user];
            return ids.Skip(await TakeAsync(user.Key, ids.Length, cancellationToken));
        }));
        return above.SelectMany(ids => ids).ToHashSet();
    }

    // what a program asks for was counted when it asked
    private static bool IsCounted(NotificationSource source) => source.Kind is not (NotificationSource.ApiKind or NotificationSource.AccountKind);
}
