using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

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

    private const int HashBytes = 20;
    private const int HashCharacters = 28;

    /// <summary>Whether the header could be a signature.</summary>
    public static bool IsWellFormed(string? header)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        return header?.Length == HashCharacters && Convert.TryFromBase64String(header, hash, out var length) && length == HashBytes;
    }

    /// <summary>Whether the header signs this form under one of the addresses.</summary>
    /// <param name="header">The header, as sent.</param>
    /// <param name="token">The account's auth token.</param>
    /// <param name="addresses">What the provider may have called: <see cref="SignedUrlCandidates"/>.</param>
    /// <param name="fields">The form.</param>
    public static bool SignsForm(string header, string token, IReadOnlyList<string> addresses, IReadOnlyList<FormField> fields)
    {
        FormField[] sorted = [.. fields];
        Array.Sort(sorted, static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        if (!HasNameTwice(sorted))
            return Signs(header, token, addresses, Concatenated(sorted));

        // the provider's libraries differ about a name that comes twice
        var byName = fields.GroupBy(field => field.Name).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        return Signs(header, token, addresses, Concatenated(byName.SelectMany(DistinctValues)))
            || Signs(header, token, addresses, Concatenated(byName.Select(Joined)));
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
    private static bool Signs(string header, string token, IReadOnlyList<string> addresses, ReadOnlySpan<byte> fields)
    {
        var given = Encoding.UTF8.GetBytes(header);
        var key = Encoding.UTF8.GetBytes(token);
        // each address in turn right before the fields, which stay where they are
        var fieldsAt = addresses.Max(Encoding.UTF8.GetByteCount);
        var signed = new byte[fieldsAt + fields.Length].AsSpan();
        fields.CopyTo(signed[fieldsAt..]);
        Span<byte> hash = stackalloc byte[HashBytes];
        Span<byte> expected = stackalloc byte[HashCharacters];
        var isValid = false;
        foreach (var address in addresses)
        {
            var start = fieldsAt - Encoding.UTF8.GetByteCount(address);
            Encoding.UTF8.GetBytes(address, signed[start..]);
            Hash(key, signed[start..], hash);
            Base64.EncodeToUtf8(hash, expected, out _, out _);
            isValid |= CryptographicOperations.FixedTimeEquals(expected, given);
        }

        return isValid;
    }

#pragma warning disable CA5350 // the provider's choice; HMAC does not need a hash without collisions
    private static void Hash(byte[] key, ReadOnlySpan<byte> signed, Span<byte> hash) => HMACSHA1.HashData(key, signed, hash);
#pragma warning restore CA5350

    private static bool HasNameTwice(ReadOnlySpan<FormField> sorted)
    {
        for (var at = 1; at < sorted.Length; at++)
        {
            if (sorted[at].Name == sorted[at - 1].Name)
                return true;
        }

        return false;
    }

    private static byte[] Concatenated(IEnumerable<FormField> fields)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var field in fields)
        {
            Encoding.UTF8.GetBytes(field.Name, text);
            text.Write(field.Value.Span);
        }

        return text.WrittenSpan.ToArray();
    }

    // Python's, Node's, PHP's and Ruby's: each distinct value of a name, sorted, after the name
    private static IEnumerable<FormField> DistinctValues(IEnumerable<FormField> ofOneName) =>
        ofOneName.DistinctBy(field => field.Text).OrderBy(field => field.Text, StringComparer.Ordinal);

    // C#'s: a NameValueCollection has the values of a name in one, with commas between
    private static FormField Joined(IGrouping<string, FormField> ofOneName)
    {
        var values = new ArrayBufferWriter<byte>();
        foreach (var (index, field) in ofOneName.Index())
        {
            values.Write(index == 0 ? [] : ","u8);
            values.Write(field.Value.Span);
        }

        return new(ofOneName.Key, values.WrittenMemory);
    }
}

/// <summary>
/// What the provider may have called to reach us, letter by letter: it signs the address as it was registered, which proxies and
/// standard ports change on its way.
/// </summary>
internal static class SignedUrlCandidates
{
    /// <summary>Every candidate for this request.</summary>
    /// <param name="publicBaseUrl">The edge as the provider calls it; what the request says of its host, its sender chose.</param>
    /// <param name="request">The request, for its path and query.</param>
    public static IReadOnlyList<string> Of(string publicBaseUrl, HttpRequest request)
    {
        List<string> candidates = [];
        AddWithPorts(candidates, publicBaseUrl.TrimEnd('/'), TargetOf(request));
        return candidates;
    }

    // Path and query as they were sent, not decoded and encoded again. Or in the absolute form, which names the host too (RFC 9112, 3.2.2).
    private static string TargetOf(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw))
            return $"{request.PathBase}{request.Path}{request.QueryString}";
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        return raw[0] == '/' || scheme < 0 ? raw
            : raw.IndexOf('/', scheme + 3) is > 0 and var path ? raw[path..]
            : "/";
    }

    // as it is, without its port, and with the default port
    private static void AddWithPorts(List<string> candidates, string baseUrl, string target)
    {
        var (origin, path) = Split(baseUrl);
        var port = PortAt(origin);
        Add(origin);
        if (port >= 0)
            Add(origin[..port]);
        else
            Add(origin + (origin.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80"));

        void Add(string candidate)
        {
            if (candidate + path + target is var address && !candidates.Contains(address))
                candidates.Add(address);
        }
    }

    private static (string Origin, string Path) Split(string baseUrl)
    {
        var path = baseUrl.IndexOf('/', baseUrl.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? (baseUrl, "") : (baseUrl[..path], baseUrl[path..]);
    }

    // the colon of a port stands after the bracket of an IPv6 address and after what names a user
    private static int PortAt(string origin)
    {
        var host = Math.Max(origin.LastIndexOf('@'), origin.IndexOf("://", StringComparison.Ordinal) + 2);
        var colon = origin.LastIndexOf(':');
        return colon > host && colon > origin.LastIndexOf(']') ? colon : -1;
    }
}
