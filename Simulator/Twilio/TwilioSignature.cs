using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Simulator.Twilio;

/// <summary><c>X-Twilio-Signature</c>: Base64 of the HMAC-SHA1 over the address and, for forms, every parameter sorted by its name.</summary>
internal static class TwilioSignature
{
    public const string Header = "X-Twilio-Signature";

    /// <param name="token">The account's token.</param>
    /// <param name="url">The whole address that is called, with its query.</param>
    /// <param name="form">The parameters of a form; none for JSON, whose hash is in the query.</param>
    public static string Of(string token, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var signed = new StringBuilder(url, 1024);
        foreach (var (name, value) in form.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            signed.Append(name).Append(value);
        }

#pragma warning disable CA5350 // the hash is Twilio's choice
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(signed.ToString())));
#pragma warning restore CA5350
    }
}
