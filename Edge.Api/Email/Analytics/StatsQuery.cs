using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Switchboard.Edge.Api.Email.Tracking;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>What figures are asked for.</summary>
/// <param name="Accounts">Of which accounts, together.</param>
/// <param name="Span">Over which time.</param>
internal sealed record StatsQuery(OwnedAccounts Accounts, StatsSpan Span)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "email-analytics";

    /// <summary>Under which its answer is kept: another one as soon as something of one of the accounts has changed.</summary>
    public string CacheKey() => $"{CacheNamespace}:{Base64Url.EncodeToString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)))}";
}
