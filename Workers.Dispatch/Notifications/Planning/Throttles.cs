using System.Globalization;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>
/// How many notifications of a category recipients get over a channel, where the category says so: a sliding window each, counted by the
/// limiter that all processes share. Asked before the transaction: a page that is planned again takes its permits again.
/// </summary>
internal sealed class Throttles(SlidingWindowLimiter limiter)
{
    /// <summary>Takes a permit for each message that would go now or after the quiet hours.</summary>
    /// <returns>By addressee, the channels over which there was none left.</returns>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlySet<string>>> TakeAsync(
        PlanContext context, IReadOnlyCollection<Addressee> to, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var category = context.Subject.Category;
        if (category.Throttle is not { Count: > 0 } limits || context.Subject.IsUrgent)
            return new Dictionary<Guid, IReadOnlySet<string>>();

        var wanted = to
            .SelectMany(addressee => DeliveryPlan.Of(context.Subject, addressee, context.Preferences[addressee.Key], now)
                .Where(plan => plan.Action is PlannedAction.Send or PlannedAction.Hold && limits.ContainsKey(plan.Channel))
                .Select(plan => (addressee.Key, plan.Channel)))
            .Distinct();
        var refused = await Task.WhenAll(wanted.Select(async one =>
        {
            var (count, seconds) = (limits[one.Channel].Count, limits[one.Channel].Seconds);
            var key = string.Create(CultureInfo.InvariantCulture, $"notify:{context.Request.UserId}/{one.Key}/{category.Name}/{one.Channel}");
            var taken = await limiter.AcquireAsync(key, new(count, TimeSpan.FromSeconds(seconds)), 1, cancellationToken);
            return taken.IsAllowed ? ((Guid Key, string Channel)?)null : one;
        }));
        return refused.OfType<(Guid Key, string Channel)>().GroupBy(one => one.Key, one => one.Channel)
            .ToDictionary(one => one.Key, one => (IReadOnlySet<string>)one.ToHashSet());
    }
}
