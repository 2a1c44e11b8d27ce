using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Switchboard.Edge.Api.TrackedEmails;

namespace Switchboard.Edge.Api.EmailAnalytics;

/// <summary>What figures are asked for.</summary>
/// <param name="Accounts">Of which accounts, together.</param>
/// <param name="Span">Over which time.</param>
internal sealed record FigureQuery(OwnedAccounts Accounts, FigureSpan Span)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "email-analytics";

    /// <summary>Under which its answer is kept: another one as soon as something of one of the accounts has changed.</summary>
    public string CacheKey() => $"{CacheNamespace}:{Base64Url.EncodeToString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)))}";
}
