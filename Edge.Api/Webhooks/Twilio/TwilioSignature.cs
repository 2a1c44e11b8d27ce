using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>
/// The header <c>X-Twilio-Signature</c>: Base64 of HMAC-SHA1(auth token, address + each field's name and value, sorted by name)
/// (Twilio's guide to webhooks, "Validating Signatures from Twilio"). A body of JSON is not in it; its SHA-256 stands in the
/// query, and so in the address.
/// </summary>
internal static class TwilioSignature
{
    public const string Header = "X-Twilio-Signature";

    /// <summary>The query's parameter with the lower-case hex SHA-256 of a body of JSON.</summary>
    public const string BodyHash = "bodySHA256";

    private static readonly byte[] Comma = [(byte)','];

    /// <summary>Whether the header signs this form under one of the addresses.</summary>
    /// <param name="header">The header, as sent.</param>
    /// <param name="token">The account's auth token.</param>
    /// <param name="addresses">What the provider may have called: <see cref="SignedUrlCandidates"/>.</param>
    /// <param name="fields">The form.</param>
    public static bool SignsForm(string header, string token, IReadOnlyList<string> addresses, IReadOnlyList<FormField> fields)
    {
        var byName = fields.GroupBy(field => field.Name).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        if (Signs(header, token, addresses, Appended(byName)))
            return true;
        // the provider's libraries differ about a name that comes twice
        return byName.Length < fields.Count && Signs(header, token, addresses, Joined(byName));
    }

    /// <summary>Whether the header signs one of the addresses and the query's hash is that of the body.</summary>
    /// <param name="header">The header, as sent.</param>
    /// <param name="token">The account's auth token.</param>
    /// <param name="addresses">What the provider may have called.</param>
    /// <param name="body">The body, as sent.</param>
    /// <param name="bodyHash">What the query says of it.</param>
    public static bool SignsJson(string header, string token, IReadOnlyList<string> addresses, ReadOnlySpan<byte> body, string? bodyHash) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body))), Encoding.UTF8.GetBytes(bodyHash ?? ""))
        && Signs(header, token, addresses, []);

    // compared with every address, so that the time tells nothing of which one was close
    private static bool Signs(string header, string token, IReadOnlyList<string> addresses, byte[] fields)
    {
        var given = Encoding.UTF8.GetBytes(header);
        var key = Encoding.UTF8.GetBytes(token);
        var isValid = false;
        foreach (var address in addresses)
        {
            var expected = Convert.ToBase64String(Hash(key, address, fields));
            isValid |= CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), given);
        }

        return isValid;
    }

#pragma warning disable CA5350 // the provider's choice; HMAC does not need a hash without collisions
    private static byte[] Hash(byte[] key, string address, byte[] fields)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(address));
        hmac.AppendData(fields);
        return hmac.GetHashAndReset();
    }
#pragma warning restore CA5350

    // Python's, Node's, PHP's and Ruby's: each distinct value of a name, sorted, after the name
    private static byte[] Appended(IEnumerable<IGrouping<string, FormField>> byName)
    {
        using var text = new MemoryStream();
        foreach (var group in byName)
        {
            var name = Encoding.UTF8.GetBytes(group.Key);
            // of one value, the bytes themselves: most fields
            var values = group.Skip(1).Any()
                ? group.DistinctBy(field => field.Text).OrderBy(field => field.Text, StringComparer.Ordinal)
                : group.AsEnumerable();
            foreach (var field in values)
            {
                text.Write(name);
                text.Write(field.Value.Span);
            }
        }

        return text.ToArray();
    }

    // C#'s: a NameValueCollection has the values of a name in one, with commas between
    private static byte[] Joined(IEnumerable<IGrouping<string, FormField>> byName)
    {
        using var text = new MemoryStream();
        foreach (var group in byName)
        {
            text.Write(Encoding.UTF8.GetBytes(group.Key));
            foreach (var (index, field) in group.Index())
            {
                text.Write(index == 0 ? [] : Comma);
                text.Write(field.Value.Span);
            }
        }

        return text.ToArray();
    }
}
