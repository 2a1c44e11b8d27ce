using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Load.Sms;

/// <summary>
/// Signs a form as Twilio does (https://www.twilio.com/docs/usage/webhooks/webhooks-security): HMAC-SHA1 over the address and every
/// parameter with its value, sorted by name; in Base64. It knows nothing of the product's code.
/// </summary>
internal sealed class TwilioSigner(string authToken)
{
    public const string Header = "X-Twilio-Signature";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(authToken);

    /// <summary>The signature of a form.</summary>
    /// <param name="address">The whole address that it is posted to.</param>
    /// <param name="fields">Its fields, in any order, each name once.</param>
    public string Sign(string address, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var signed = new StringBuilder(address);
        foreach (var (name, value) in fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            signed.Append(name).Append(value);
        }

#pragma warning disable CA5350 // it is Twilio who chose SHA-1
        return Convert.ToBase64String(HMACSHA1.HashData(_key, Encoding.UTF8.GetBytes(signed.ToString())));
#pragma warning restore CA5350
    }
}
