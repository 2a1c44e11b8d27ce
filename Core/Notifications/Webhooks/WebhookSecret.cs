using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Core.Notifications.Webhooks;

/// <summary>
/// What proves that a webhook comes from here (Standard Webhooks, symmetric): <c>whsec_</c> and base64 of 32 random bytes, HMAC-SHA256 over
/// <c>id.timestamp.body</c>.
/// </summary>
public static class WebhookSecret
{
    private const string Prefix = "whsec_";
    private const int Bytes = 32;

    /// <summary>A new one.</summary>
    public static string New() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>
    /// The value of <c>webhook-signature</c>: one for each secret that is good, the current one first. Of several the first stands at the
    /// end once more: the package StandardWebhooks for .NET (1.1.2) does not look at the last one of a list.
    /// </summary>
    public static string Sign(IEnumerable<string> secrets, string messageId, DateTimeOffset timestamp, string body)
    {
        var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{messageId}.{timestamp.ToUnixTimeSeconds()}.{body}"));
        string[] signatures = [.. secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret), signed)))];
        return string.Join(' ', signatures.Length > 1 ? [.. signatures, signatures[0]] : signatures);
    }

    private static byte[] KeyOf(string secret) => Convert.FromBase64String(secret[Prefix.Length..]);

    /// <summary>The value of <c>webhook-id</c>: the same through all attempts, and without a dot.</summary>
    public static string MessageId(Guid id) => $"msg_{id:N}";
}
