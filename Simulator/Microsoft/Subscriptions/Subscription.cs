using System.Collections.Concurrent;
using System.Text.Json;

namespace Switchboard.Simulator.Microsoft;

/// <summary>The subscriptions that there are; one that has expired is gone.</summary>
internal sealed class Subscriptions(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<Guid, Subscription> _byId = new();

    public void Add(Subscription subscription) => _byId[subscription.Id] = subscription;

    public bool Remove(Guid id) => _byId.TryRemove(id, out _);

    /// <summary>One of a mailbox; null when there is none, or no more.</summary>
    public Subscription? Find(Guid id, GraphMailbox mailbox) =>
        _byId.TryGetValue(id, out var subscription) && subscription.Mailbox == mailbox && IsAlive(subscription) ? subscription : null;

    public IReadOnlyList<Subscription> Of(GraphMailbox mailbox) =>
        [.. _byId.Values
            .Where(subscription => subscription.Mailbox == mailbox && IsAlive(subscription))
            .OrderBy(subscription => subscription.Id)];

    /// <summary>Whether it is still there, so that what was to be told may be told.</summary>
    public bool Has(Subscription subscription) => _byId.ContainsKey(subscription.Id) && IsAlive(subscription);

    public void RemoveAll(GraphMailbox mailbox)
    {
        foreach (var subscription in _byId.Values.Where(subscription => subscription.Mailbox == mailbox))
        {
            Remove(subscription.Id);
        }
    }

    private bool IsAlive(Subscription subscription)
    {
        if (subscription.ExpiresAt > timeProvider.GetUtcNow())
        {
            return true;
        }

        Remove(subscription.Id);
        return false;
    }
}

/// <summary>Who is told of the changes of a mailbox.</summary>
/// <param name="Id">Graph's id.</param>
/// <param name="Mailbox">Whose changes.</param>
/// <param name="Folder">Of which folder; null for all.</param>
/// <param name="Resource">As it was asked for.</param>
/// <param name="ChangeType">Of which kinds: created, updated, deleted.</param>
/// <param name="NotificationUrl">Where changes are told.</param>
/// <param name="LifecycleUrl">Where it is told what becomes of the subscription; null for nowhere.</param>
/// <param name="ClientState">Comes with each notification.</param>
internal sealed record Subscription(
    Guid Id, GraphMailbox Mailbox, MailFolder? Folder, string Resource, string ChangeType, Uri NotificationUrl, Uri? LifecycleUrl,
    string? ClientState)
{
    private long _expiresAtTicks;

    public required DateTimeOffset ExpiresAt
    {
        get => new(Volatile.Read(ref _expiresAtTicks), TimeSpan.Zero);
        set => Volatile.Write(ref _expiresAtTicks, value.UtcTicks);
    }

    /// <summary>Whether it waits to be authorised again; what changes meanwhile is never told.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether it is told of new mails in a folder.</summary>
    public bool Wants(MailFolder folder, DateTimeOffset now) =>
        (Folder is null || Folder == folder) && !IsPaused && now < ExpiresAt
        && ChangeType.Split(',', StringSplitOptions.TrimEntries).Contains("created", StringComparer.OrdinalIgnoreCase);

    public void Write(Utf8JsonWriter json, string? context = null)
    {
        json.WriteStartObject();
        if (context is not null)
        {
            json.WriteString("@odata.context", context);
        }

        json.WriteString("id", Id);
        json.WriteString("resource", Resource);
        json.WriteString("changeType", ChangeType);
        json.WriteString("clientState", ClientState);
        json.WriteString("notificationUrl", NotificationUrl.OriginalString);
        json.WriteString("lifecycleNotificationUrl", LifecycleUrl?.OriginalString);
        json.WriteString("expirationDateTime", ExpiresAt.UtcDateTime.ToString("o"));
        json.WriteString("creatorId", Mailbox.Ids.UserId);
        json.WriteEndObject();
    }
}
