using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Notifications.Templates;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>What is to be known to decide about a request's deliveries and to write them.</summary>
/// <param name="Request">The request.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Template">Its template, as it is published now; null where it has none (any more).</param>
/// <param name="To">By their keys, whom it concerns here.</param>
/// <param name="Preferences">By the same keys, what they want.</param>
internal sealed record PlanContext(
    StoredRequest Request,
    PlanSubject Subject,
    PublishedTemplate? Template,
    IReadOnlyDictionary<Guid, Addressee> To,
    IReadOnlyDictionary<Guid, RecipientPreferences> Preferences)
{
    /// <summary>After how long without a delivery the next channel of an order goes; null where only a failure counts.</summary>
    public TimeSpan? FallbackAfter =>
        (Request.Request.Fallback is { } own ? own.AfterMinutes : Subject.Category.Fallback?.AfterMinutes) is { } minutes
        ? TimeSpan.FromMinutes(minutes)
        : null;
}

/// <summary>Reads it, from caches as far as they go: before a transaction, which waits for no cache.</summary>
internal sealed class PlanContexts(
    RecipientStore recipients, CategoryStore categories, TemplateStore templates, PreferenceStore preferences)
{
    /// <summary>What is known of these addressees; of one that is there twice, what is known of the first.</summary>
    public async Task<PlanContext> ReadAsync(StoredRequest request, IEnumerable<Addressee> to, CancellationToken cancellationToken)
    {
        var byKey = ByKey(to);
        return await ReadAsync(request, byKey, await WantsAsync(request.UserId, byKey.Values, cancellationToken), cancellationToken);
    }

    /// <summary>The same for deliveries that were stored: their addressees as they are now; without those who are gone.</summary>
    public async Task<PlanContext> ReadAsync(
        StoredRequest request, IReadOnlyCollection<StoredDelivery> deliveries, CancellationToken cancellationToken) =>
        await ReadAsync(request, await FindAsync(request.UserId, deliveries, cancellationToken), cancellationToken);

    /// <summary>The same for deliveries of many requests, in their order: all addressees of a user are read at once.</summary>
    public async Task<IReadOnlyList<PlanContext>> ReadAsync(
        IReadOnlyCollection<(StoredRequest Request, IReadOnlyCollection<StoredDelivery> Deliveries)> many, CancellationToken cancellationToken)
    {
        var users = new Dictionary<Guid, (Dictionary<Guid, Addressee> To, IReadOnlyDictionary<Guid, RecipientPreferences> Preferences)>();
        foreach (var user in many.GroupBy(one => one.Request.UserId, one => one.Deliveries))
        {
            var to = ByKey(await FindAsync(user.Key, [.. user.SelectMany(deliveries => deliveries)], cancellationToken));
            users.Add(user.Key, (to, await WantsAsync(user.Key, to.Values, cancellationToken)));
        }

        var contexts = new List<PlanContext>(many.Count);
        foreach (var (request, _) in many)
            contexts.Add(await ReadAsync(request, users[request.UserId].To, users[request.UserId].Preferences, cancellationToken));
        return contexts;
    }

    private static Dictionary<Guid, Addressee> ByKey(IEnumerable<Addressee> to)
    {
        var byKey = new Dictionary<Guid, Addressee>();
        foreach (var addressee in to)
            byKey.TryAdd(addressee.Key, addressee);
        return byKey;
    }

    private async Task<PlanContext> ReadAsync(
        StoredRequest request, IReadOnlyDictionary<Guid, Addressee> to, IReadOnlyDictionary<Guid, RecipientPreferences> preferences,
        CancellationToken cancellationToken)
    {
        var category = await CategoryAsync(request.UserId, request.Category, cancellationToken);
        var template = request.Request.Template is { } key ? await templates.FindAsync(request.UserId, key, cancellationToken) : null;
        return new(request, new(request.UserId, request.Request, category, request.Priority), template, to, preferences);
    }

    /// <summary>A category; one that was deleted meanwhile is as one that nothing was set for.</summary>
    public async Task<CategorySettings> CategoryAsync(Guid userId, string name, CancellationToken cancellationToken) =>
        await categories.FindAsync(userId, name, cancellationToken) ?? CategorySettings.Default with { Name = name };

    /// <summary>What these addressees want, by their keys.</summary>
    public async Task<IReadOnlyDictionary<Guid, RecipientPreferences>> WantsAsync(
        Guid userId, IReadOnlyCollection<Addressee> to, CancellationToken cancellationToken)
    {
        Guid[] known = [.. to.Where(addressee => addressee.Recipient is not null).Select(addressee => addressee.Key).Distinct()];
        var found = known.Length == 0
            ? new Dictionary<Guid, RecipientPreferences>()
            : new Dictionary<Guid, RecipientPreferences>(await preferences.FindAsync(userId, known, cancellationToken));
        // a mere address has chosen nothing: it gets what the user has set for all
        if (to.Any(addressee => addressee.Recipient is null))
        {
            var defaults = new RecipientPreferences(PreferenceSet.None, await preferences.FindSetAsync(userId, userId, cancellationToken));
            foreach (var addressee in to.Where(addressee => addressee.Recipient is null))
                found[addressee.Key] = defaults;
        }

        return found;
    }

    /// <summary>Who the addressees of stored deliveries are by now.</summary>
    public async Task<IReadOnlyList<Addressee>> FindAsync(
        Guid userId, IReadOnlyCollection<StoredDelivery> deliveries, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. deliveries.Select(delivery => delivery.RecipientId).OfType<Guid>().Distinct()];
        var known = ids.Length == 0 ? new Dictionary<Guid, Recipient>() : await recipients.FindAsync(userId, ids, cancellationToken);
        return
        [
            .. known.Values.Select(Addressee.Of),
            .. deliveries.Where(delivery => delivery.RecipientId is null)
                .Select(delivery => new Addressee(delivery.RecipientKey, delivery.Recipient, null, delivery.Plan.Channel, delivery.Plan.Address)),
        ];
    }
}
