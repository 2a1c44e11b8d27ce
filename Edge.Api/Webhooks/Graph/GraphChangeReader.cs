using Switchboard.Core.Email;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Webhooks.Graph;

/// <summary>What a notification comes to.</summary>
/// <param name="Changes">What its items with the right client state tell.</param>
/// <param name="Forged">How many items have another client state.</param>
/// <param name="Unreadable">How many have the right one but do not say what became of which mail or subscription.</param>
internal readonly record struct GraphReading(IReadOnlyList<GraphChange> Changes, int Forged, int Unreadable);

/// <summary>Reads items; a pure decision for each. One POST may mix subscriptions, so each is looked at by itself.</summary>
internal static class GraphChangeReader
{
    /// <summary>So many items has a notification at most.</summary>
    public const int MaxItems = 1_000;

    private const int MaxSubscriptionId = 128;

    // those of Outlook have some 150 characters, immutable ones some 70
    private const int MaxMessageId = 1_024;

    private const string Messages = "messages/";

    /// <summary>Reads all items.</summary>
    public static GraphReading Read(IReadOnlyList<GraphItem?> items, GraphClientState state)
    {
        var changes = new List<GraphChange>(items.Count);
        int forged = 0, unreadable = 0;
        foreach (var item in items)
        {
            if (item is null || !state.IsOurs(item.ClientState))
                forged++;
            else if (ChangeOf(item) is { } change)
                changes.Add(change);
            else
                unreadable++;
        }

        return new(changes, forged, unreadable);
    }

    /// <summary>What an item tells; null when it says nothing that we know.</summary>
    public static GraphChange? ChangeOf(GraphItem item)
    {
        if (!IsId(item.SubscriptionId, MaxSubscriptionId))
            return null;
        if (item.LifecycleEvent is { } known)
            return EventOf(known) is { } lifecycle ? new(item.SubscriptionId!, null, lifecycle) : null;
        var id = item.ResourceData?.Id ?? LastOf(item.Resource);
        return IsId(id, MaxMessageId) ? new(item.SubscriptionId!, id) : null;
    }

    // the constant, not the text that came: a job keeps it
    private static string? EventOf(string lifecycle) => lifecycle switch
    {
        "reauthorizationRequired" => "reauthorizationRequired",
        "subscriptionRemoved" => "subscriptionRemoved",
        "missed" => "missed",
        _ => null,
    };

    // Users/{id}/Messages/{id}
    private static string? LastOf(string? resource)
    {
        var at = resource?.LastIndexOf(Messages, StringComparison.OrdinalIgnoreCase) ?? -1;
        return at < 0 || resource!.IndexOf('/', at + Messages.Length) >= 0 ? null : resource[(at + Messages.Length)..];
    }

    private static bool IsId(string? id, int maxLength) =>
        !string.IsNullOrWhiteSpace(id) && id.Length <= maxLength && StorableText.IsStorable(id);
}
