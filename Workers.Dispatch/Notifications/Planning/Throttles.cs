using System.Globalization;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>
/// How many notifications of a category recipients get over a channel, where the category says so: a sliding window each, counted by the
/// limiter that all processes share. Asked before the transaction: a page that is planned again takes its permits again.
/// </summary>
internal sealed class Throttles(SlidingWindowLimiter limiter)
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    /// <summary>Takes a permit for each message that would go now or after the quiet hours.</summary>
    /// <returns>By addressee, the channels over which there was none left.</returns>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlySet<string>>> TakeAsync(
        PlanContext context, IReadOnlyCollection<Addressee> to, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var refused = new Dictionary<Guid, IReadOnlySet<string>>();
        if (LimitsOf(context) is null)
            return refused;
        var asked = new HashSet<(Guid Key, string Channel)>();
        for (var open = to; open.Count > 0;)
        {
            var full = (await AskAsync(context, [.. open.SelectMany(Wanted).Where(asked.Add)], cancellationToken))
                .ToLookup(one => one.Key, one => one.Channel);
            foreach (var addressee in full)
                refused[addressee.Key] = refused.GetValueOrDefault(addressee.Key, None).Union(addressee).ToHashSet();
            // where a channel of an order has none left the next one goes in its place, and needs a permit as well
            open = [.. open.Where(addressee => full.Contains(addressee.Key))];
        }

        return refused;

        IEnumerable<(Guid Key, string Channel)> Wanted(Addressee addressee) =>
            DeliveryPlan.Of(context.Subject, addressee, context.Preferences[addressee.Key], now, refused.GetValueOrDefault(addressee.Key))
                .Where(plan => plan.Action is PlannedAction.Send or PlannedAction.Hold)
                .Select(plan => (addressee.Key, plan.Channel));
    }

    /// <summary>Takes a permit for each of these channels to a recipient: what has waited for its turn in an order has none yet.</summary>
    /// <returns>The channels over which there was none left.</returns>
    public async Task<IReadOnlySet<string>> TakeAsync(
        PlanContext context, Guid recipientKey, IReadOnlySet<string> channels, CancellationToken cancellationToken) =>
        (await AskAsync(context, [.. channels.Select(channel => (recipientKey, channel))], cancellationToken))
            .Select(one => one.Channel).ToHashSet();

    private async Task<List<(Guid Key, string Channel)>> AskAsync(
        PlanContext context, IReadOnlyCollection<(Guid Key, string Channel)> wanted, CancellationToken cancellationToken)
    {
        if (LimitsOf(context) is not { } limits)
            return [];
        var answers = await Task.WhenAll(wanted.Where(one => limits.ContainsKey(one.Channel)).Select(async one =>
        {
            var (count, seconds) = (limits[one.Channel].Count, limits[one.Channel].Seconds);
            var key = string.Create(
                CultureInfo.InvariantCulture, $"notify:{context.Request.UserId}/{one.Key}/{context.Subject.Category.Name}/{one.Channel}");
            var taken = await limiter.AcquireAsync(key, new(count, TimeSpan.FromSeconds(seconds)), 1, cancellationToken);
            return (Wanted: one, taken.IsAllowed);
        }));
        return [.. answers.Where(answer => !answer.IsAllowed).Select(answer => answer.Wanted)];
    }

    // null where none is counted
    private static IReadOnlyDictionary<string, ThrottleSettings>? LimitsOf(PlanContext context) =>
        context.Subject is { IsUrgent: false, Category.Throttle: { Count: > 0 } limits } ? limits : null;
}
