using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

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
