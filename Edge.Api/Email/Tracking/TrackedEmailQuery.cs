using System.Buffers.Text;
using System.ComponentModel;
using System.Security.Cryptography;
using System.Text.Json;
using Switchboard.Edge.Api.Email.Accounts;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>What is asked of a list of tracked mails, checked and completed.</summary>
/// <param name="Accounts">Of which accounts.</param>
/// <param name="Status">Only those of this status.</param>
/// <param name="HasResponse">Only those with a response, or without.</param>
/// <param name="Recipient">Only those to an address, or with @ to a domain (<see cref="RecipientFilter"/>).</param>
/// <param name="Search">Only those with all these words in their subject.</param>
/// <param name="Since">Only those sent then or later.</param>
/// <param name="Until">Only those sent before.</param>
/// <param name="Sort">The order.</param>
/// <param name="AfterAt">The place in the order after which it goes on, with <paramref name="AfterId"/>; null from its beginning.</param>
/// <param name="AfterId">The mail at that place.</param>
/// <param name="Skip">How many are passed over.</param>
/// <param name="Take">How many are asked for.</param>
/// <param name="CountUpTo">Up to which number all of them are counted; 0 for not at all.</param>
internal sealed record TrackedEmailQuery(
    OwnedAccounts Accounts,
    string? Status,
    bool? HasResponse,
    string? Recipient,
    string? Search,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    string Sort,
    DateTimeOffset? AfterAt,
    Guid? AfterId,
    int Skip,
    int Take,
    int CountUpTo)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "tracked-emails";

    /// <summary>Under which its answer is kept: another one as soon as something of one of the accounts has changed.</summary>
    public string CacheKey() => $"{CacheNamespace}:{Base64Url.EncodeToString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)))}";
}

/// <summary>The orders of a list of tracked mails.</summary>
internal static class TrackedEmailSort
{
    public const string Newest = "-sentAt";
    public const string Oldest = "sentAt";
    public const string LastAnswered = "-respondedAt";
    public const string FirstAnswered = "respondedAt";

    public static readonly string[] All = [Newest, Oldest, LastAnswered, FirstAnswered];

    /// <summary>Whether it is by the time of the answer: then only mails with one are listed.</summary>
    public static bool IsByAnswer(string sort) => sort is LastAnswered or FirstAnswered;

    /// <summary>Whether the latest comes first.</summary>
    public static bool IsDescending(string sort) => sort is Newest or LastAnswered;

    /// <summary>The name of the list in its cursors: a cursor of one order says nothing in another.</summary>
    public static string ListName(string sort) => $"tracked-emails:{sort}";
}

/// <summary>A part of a list, as the database or the cache gives it.</summary>
/// <param name="Items">The mails, in their order.</param>
/// <param name="Total">How many the whole list has, as far as it was counted; null if it was not.</param>
[ImmutableObject(true)]
internal sealed record TrackedEmailPart(IReadOnlyList<TrackedEmailResponse> Items, int? Total)
{
    /// <summary>Where another way to the same part says something else; null when it says the same.</summary>
    public static string? Difference(TrackedEmailPart plain, TrackedEmailPart other)
    {
        if (plain.Total != other.Total)
            return $"total {plain.Total}, not {other.Total}";
        if (plain.Items.Count != other.Items.Count)
            return $"{plain.Items.Count} mails, not {other.Items.Count}";
        for (var at = 0; at < plain.Items.Count; at++)
        {
            if (plain.Items[at].Id != other.Items[at].Id)
                return $"mail {at} is {plain.Items[at].Id}, not {other.Items[at].Id}";
            if (plain.Items[at].UpdatedAt != other.Items[at].UpdatedAt || plain.Items[at].Status != other.Items[at].Status)
                return $"mail {at}, {plain.Items[at].Id}, has another version";
        }

        return null;
    }
}
