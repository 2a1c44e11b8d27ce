using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Webhooks.Graph;

/// <summary>A notification of Microsoft Graph: items of any of our subscriptions (Graph: changeNotificationCollection).</summary>
/// <param name="Value">Its items; one that is no object is null. Null when there is no list of them.</param>
internal sealed record GraphNotification(IReadOnlyList<GraphItem?>? Value)
{
    /// <summary>Reads one, item by item: a field of a wrong type is as if it were not there.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static GraphNotification Read(ReadOnlySequence<byte> body)
    {
        using var json = JsonDocument.Parse(WebhookBody.Readable(body));
        return new(json.RootElement.Child("value") is { ValueKind: JsonValueKind.Array } items
            ? [.. items.EnumerateArray().Select(ItemOf)]
            : null);
    }

    private static GraphItem? ItemOf(JsonElement item) => item.ValueKind != JsonValueKind.Object ? null : new(
        item.Text("subscriptionId"), item.Text("clientState"), item.Text("lifecycleEvent"), item.Text("resource"),
        item.Child("resourceData").Text("id") is { } id ? new(id) : null);
}

/// <summary>One item: a mail that was added, or what becomes of its subscription. What else it says is not needed.</summary>
internal sealed record GraphItem(
    string? SubscriptionId, string? ClientState, string? LifecycleEvent, string? Resource, GraphResource? ResourceData);

/// <summary>Which mail.</summary>
internal sealed record GraphResource(string? Id);

/// <summary>What a notification comes to.</summary>
/// <param name="Changes">What its items with the right client state tell.</param>
/// <param name="Rejected">How many items have another client state.</param>
/// <param name="Unreadable">How many have the right one but do not say what became of which mail or subscription.</param>
internal readonly record struct GraphReading(IReadOnlyList<GraphChange> Changes, int Rejected, int Unreadable);

/// <summary>Reads items; a pure decision for each. One POST may mix subscriptions, so each is looked at by itself.</summary>
internal static class GraphNotificationReader
{
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

/// <summary>Whether a notification shows the secret of our subscriptions. Its time tells nothing about the secret but its length.</summary>
internal sealed class GraphClientState(IOptions<GraphWebhookOptions> options)
{
    // smaller bodies cost little, and who sends one by mistake is told what is wrong with it
    private const int SearchAboveBytes = 16 * 1024;

    private readonly string _expected = options.Value.ClientState;
    private readonly byte[]? _plain = Ascii.IsValid(options.Value.ClientState) && options.Value.ClientState.All(IsNeverEscaped)
        ? Encoding.ASCII.GetBytes(options.Value.ClientState) : null;

    /// <summary>Whether a body could show it: a large one without it is not worth to be taken apart.</summary>
    public bool MayBeIn(ReadOnlySequence<byte> body) =>
        body.Length <= SearchAboveBytes || _plain is null
        || (_plain.Length > 0 && new SequenceReader<byte>(body).TryReadTo(out ReadOnlySequence<byte> _, _plain));

    public bool IsOurs(string? given) =>
        _expected.Length > 0 && given is not null
        && CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(given.AsSpan()), MemoryMarshal.AsBytes(_expected.AsSpan()));

    private static bool IsNeverEscaped(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.';
}

/// <summary>How notifications of Microsoft Graph are verified; section <c>Graph</c>.</summary>
internal sealed class GraphWebhookOptions
{
    public const string Section = "Graph";

    /// <summary>The secret that subscriptions are made with and each notification must show. Left out, none is taken.</summary>
    [MaxLength(128, ErrorMessage = "Graph:ClientState has at most 128 characters.")]
    public string ClientState { get; init; } = "";
}
