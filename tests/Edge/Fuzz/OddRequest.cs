using System.Net.Http.Headers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Switchboard.Tests.Fixtures.Fuzz;

namespace Switchboard.Tests.Edge.Fuzz;

/// <summary>A request to an endpoint of which anything may be odd: what is in its path, its query, its headers and its body.</summary>
internal sealed record OddRequest(HttpMethod Method, string Target, byte[]? Body, IReadOnlyList<(string Name, string Value)> Headers)
{
    private const string Json = "application/json";

    private static readonly string[] Ids =
    [
        "{00000000-0000-0000-0000-000000000000}", "00000000000000000000000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "%7Bx", "x", "me", "0",
        "..%2f..", "%ED%A0%BD", "%C2%85", "a;b", "%E2%80%8B", "00000000-0000-0000-0000-00000000000g",
    ];

    private static readonly string[] Values =
    [
        "", "0", "-1", "1", "100", "101", "2147483648", "1e3", "true", "TRUE", "yes", "null", "%00", "%ED%A0%BD", "%C2%85", "%zz", "a%20b", "%25%5f", "'", "%5c",
        "high,low", "active,bounced", "active", "responded", "sms", "hour", "minute", "week", "-sentAt", "respondedAt", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00", "2026-11-29T00:00:00+02:00", "2026-11-29", "12:00", "2026-02-30", "1900-01-01", "{", "[1]",
        "00000000-0000-0000-0000-000000000000", "a@b.test", "@xn--bcher-kva.example", "%E2%80%8B", "a:*|b", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a&limit=2",
        "{\"anyOf\":[\"a\"],\"scope\":\"body,both\"}",
    ];

    private static readonly (string Name, string Value)[] Fields =
    [
        ("Content-Type", "application/json; charset=utf-16"), ("Content-Type", "application/json;;;"), ("Content-Type", "application/json, text/plain"),
        ("Content-Type", "text/plain"), ("Content-Type", "multipart/form-data"), ("Content-Type", "multipart/form-data; boundary=\"\""), ("Content-Type", " "),
        ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Type", "application/problem+json"), ("Content-Type", "*/*"), ("Content-Type", "/"),
        ("Content-Encoding", "gzip"), ("Content-Encoding", "br, identity"), ("Content-Encoding", "identity"), ("Content-Encoding", ""), ("Content-Encoding", "zstd"),
        ("Idempotency-Key", "a"), ("Idempotency-Key", ""), ("Idempotency-Key", "\u00FC\u200B"), ("Idempotency-Key", new('k', 300)), ("Idempotency-Key", "a, b"),
        ("Accept", "text/html"), ("Accept", "application/xml;q=0"), ("Accept", "junk"), ("Accept-Encoding", "gzip;q=2, *"), ("Accept-Language", "\u00FC-\u00FC"),
        ("If-None-Match", "*"), ("If-None-Match", "junk"), ("If-Modified-Since", "0001-01-01"), ("Range", "bytes=-1"), ("Range", "bytes=5-1,9-"), ("Expect", "junk"),
        ("X-Forwarded-For", "junk, 999.1.1.1, [::1]:99999"), ("X-Forwarded-Proto", "ftp"), ("X-Forwarded-Host", "a b"), ("Forwarded", "for=\"_x\";proto=gopher"),
        ("Cookie", "a=b; =; \u00FC=1; __Host-connect=%00"), ("traceparent", "00-zz-zz-01"), ("tracestate", ",,,="), ("baggage", "a=b;;,%%%"), ("X-HTTP-Method-Override", "DELETE"),
        ("Origin", "null"), ("Host", "evil.test"), ("Upgrade", "h2c"), ("X-Response-Time", "1"), ("User-Agent", "\u0001"), ("Date", "never"),
        ("X-Twilio-Signature", "junk"), ("X-Hub-Signature-256", "sha256=" + new string('0', 63)),
    ];

    /// <summary>Requests to an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="ids">What its path may name.</param>
    /// <param name="fill">What is put into its bodies.</param>
    public static Gen<OddRequest> To(ApiOperation endpoint, IReadOnlyList<string> ids, Func<string, string> fill)
    {
        var id = ids.Count > 0
            ? Gen.Frequency((6, Gen.Elements<string>(ids)), (1, Gen.Elements(Ids)), (1, Odd.Text.Select(Escaped)))
            : Gen.Frequency((2, Gen.Elements(Ids)), (1, Odd.Text.Select(Escaped)));
        var field = Gen.Elements<string>([.. endpoint.Fields, .. endpoint.Fields, "limit", "cursor", "id", "state", "junk", "userId"]);
        var value = Gen.Frequency((5, Gen.Elements(Values)), (1, Odd.Text.Select(Escaped)));
        var query = field.Zip(value, (name, given) => $"{name}={given}").ArrayOf().Select(given => given.Take(3).ToArray());
        var headers = Gen.Elements(Fields).ArrayOf().Select(given => given.Take(2).ToArray());
        var none = Gen.Constant<byte[]?>(null);
        string[] bodies = [.. endpoint.Bodies];
        var body = bodies.Length == 0
            ? Gen.Frequency((6, none), (1, Odd.Text.Select(Bytes)))
            : Gen.Frequency(
                (4, Gen.Elements(bodies).Select(text => Bytes(fill(text)))),
                (14, OddJson.Near(bodies).Select(text => Bytes(fill(text)))),
                (1, Odd.BytesNear(bodies).Select(bytes => (byte[]?)bytes)), (1, none));
        return from target in id
               from asked in Gen.Frequency((2, Gen.Constant(Array.Empty<string>())), (endpoint.Changes ? 1 : 3, query))
               from sent in Gen.Frequency((2, Gen.Constant(Array.Empty<(string, string)>())), (1, headers))
               from content in body
               select new OddRequest(
                   endpoint.Method,
                   string.Join('/', endpoint.Path.Split('/').Select(part => part.StartsWith('{') ? target : part)) + (asked.Length > 0 ? "?" : "") + string.Join('&', asked),
                   content, sent);
    }

    /// <summary>Sends it.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpClient http, string key)
    {
        using var request = new HttpRequestMessage(Method, Target);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Body);
            if (!Headers.Any(header => header.Name == "Content-Type"))
                request.Content.Headers.TryAddWithoutValidation("Content-Type", Json);
        }

        // of two hosts the server itself makes an end
        foreach (var (name, value) in Headers.Distinct())
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content?.Headers.TryAddWithoutValidation(name, value) == true;
        return await http.SendAsync(request);
    }

    public override string ToString() =>
        $"{Method} {Target} [{string.Join(" | ", Headers.Select(header => $"{header.Name}: {header.Value}"))}] {(Body is null ? "" : Encoding.UTF8.GetString(Body))}";

    private static byte[]? Bytes(string text) => Encoding.UTF8.GetBytes(text);

    // what has no %00: the server answers that itself
    private static string Escaped(string text) => Uri.EscapeDataString(text.Replace('\0', '0') is { Length: > 2_000 } cut ? cut[..2_000] : text.Replace('\0', '0'));
}
