using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Push;

/// <summary>
/// A push service and the browsers behind it: <c>POST /push/web/{id}</c> verifies the sender (RFC 8292) and decrypts what the browser would
/// (RFC 8291), so that what cannot be read by it is refused, and seen.
/// </summary>
internal sealed partial class WebPushEndpoint(
    MessageStore<SentPush> messages, DeadTokens dead, BrowserSubscriptions subscriptions, TimeProvider timeProvider)
{
    private const int MostBytes = 4_096;
    private static readonly TimeSpan LongestToken = TimeSpan.FromHours(24);

    public async Task<IResult> InvokeAsync(HttpRequest request, string id)
    {
        if (subscriptions.Find(id) is not { } subscription)
        {
            return Results.StatusCode(404);
        }

        if (dead.Has(id, out _))
        {
            return Results.StatusCode(410);
        }

        if (Fault(request, subscription) is { } fault)
        {
            return Results.Text(fault.Why, statusCode: fault.Status);
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        if (body.Length > MostBytes)
        {
            return Results.StatusCode(413);
        }

        if (subscription.Decrypt(body.ToArray()) is not { } plain)
        {
            return Results.Text("The browser cannot decrypt it.", statusCode: 400);
        }

        var shown = Json(plain);
        var message = messages.Add(sequence => new SentPush(
            sequence,
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            "web",
            id,
            ControlBody.Text(shown, "title"),
            ControlBody.Text(shown, "body"),
            SentPush.Strings(ControlBody.Child(shown, "data")) ?? [],
            SentPush.HeadersOf(request, "TTL", "Urgency", "Topic"),
            request.Protocol));
        return Results.Created($"/push/messages/{message.Id}", value: null);
    }

    private (int Status, string Why)? Fault(HttpRequest request, BrowserSubscription subscription)
    {
        if (request.Headers.ContentEncoding != "aes128gcm")
        {
            return (415, "Content-Encoding is not aes128gcm.");
        }

        if (!uint.TryParse(request.Headers["TTL"], out _))
        {
            return (400, "TTL is missing.");
        }

        if ((string?)request.Headers["Topic"] is { } topic && !TopicForm().IsMatch(topic))
        {
            return (400, "Topic is not 1 to 32 characters of base64url.");
        }

        if ((string?)request.Headers["Urgency"] is not (null or "very-low" or "low" or "normal" or "high"))
        {
            return (400, "Urgency is none.");
        }

        var vapid = VapidForm().Match(request.Headers.Authorization.ToString());
        if (!vapid.Success || SignedJwt.Read(vapid.Groups["token"].Value) is not { } jwt)
        {
            return (401, "Authorization is not vapid t=…, k=….");
        }

        var key = vapid.Groups["key"].Value;
        var now = timeProvider.GetUtcNow();
        return subscription.ServerKey is { } expected && expected != key ? (403, "The subscription is of another key.")
            : !IsSigned(jwt, key) ? (403, "The signature is not of this key.")
            : jwt.Claim("aud") != $"{request.Scheme}://{request.Host}" ? (403, $"aud is not the origin {request.Scheme}://{request.Host}.")
            : jwt.Time("exp") is not { } until || until <= now || until > now + LongestToken ? (403, "exp is not in the next 24 hours.")
            : jwt.Claim("sub") is not { } subject || !(subject.StartsWith("mailto:", StringComparison.Ordinal)
                || subject.StartsWith("https:", StringComparison.Ordinal)) ? (403, "sub is neither mailto: nor https:.")
            : null;
    }

    private static bool IsSigned(SignedJwt jwt, string key)
    {
        try
        {
            using var verifier = ECDsa.Create(EllipticPoint.Parameters(Base64Url.DecodeFromChars(key)));
            return jwt.IsSignedBy(verifier);
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            return false;
        }
    }

    private static JsonElement Json(byte[] plain)
    {
        try
        {
            return JsonElement.Parse(plain);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,32}\z")]
    private static partial Regex TopicForm();

    [GeneratedRegex(@"\Avapid t=(?<token>[\w.-]+), ?k=(?<key>[\w-]+)\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex VapidForm();
}

/// <summary>The browsers that have subscribed.</summary>
internal sealed class BrowserSubscriptions
{
    private readonly ConcurrentDictionary<string, BrowserSubscription> _all = new();

    /// <param name="serverKey">The key that messages have to be signed by; null for any.</param>
    public BrowserSubscription Add(string? serverKey)
    {
        var subscription = new BrowserSubscription(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), serverKey);
        return _all[subscription.Id] = subscription;
    }

    public BrowserSubscription? Find(string id) => _all.GetValueOrDefault(id);
}

/// <summary>A browser's end of a subscription: the key by which it alone can read what is sent to it.</summary>
internal sealed class BrowserSubscription(string id, string? serverKey)
{
    private const int HeaderBytes = 16 + 4 + 1;
    private const int TagBytes = 16;

    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(16);

    public string Id => id;

    public string? ServerKey => serverKey;

    public string P256dh => Base64Url.EncodeToString(EllipticPoint.Bytes(_key));

    public string Auth => Base64Url.EncodeToString(_secret);

    /// <summary>Reads a message (RFC 8291, RFC 8188: one record); null when it was not encrypted for this browser.</summary>
    public byte[]? Decrypt(byte[] message)
    {
        if (message.Length < HeaderBytes || message.Length < HeaderBytes + message[20] + TagBytes + 1)
        {
            return null;
        }

        var salt = message[..16];
        var recordBytes = BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(16));
        var sender = message[HeaderBytes..(HeaderBytes + message[20])];
        var record = message.AsSpan(HeaderBytes + sender.Length);
        if (record.Length > recordBytes)
        {
            return null;
        }

        try
        {
            using var other = ECDiffieHellman.Create(EllipticPoint.Parameters(sender));
            using var otherPublic = other.PublicKey;
            byte[] info = [.. "WebPush: info\0"u8, .. EllipticPoint.Bytes(_key), .. sender];
            var input = HKDF.Expand(
                HashAlgorithmName.SHA256, HKDF.Extract(HashAlgorithmName.SHA256, _key.DeriveRawSecretAgreement(otherPublic), _secret), 32,
                info);
            var pseudoRandom = HKDF.Extract(HashAlgorithmName.SHA256, input, salt);
            using var aes = new AesGcm(
                HKDF.Expand(HashAlgorithmName.SHA256, pseudoRandom, 16, "Content-Encoding: aes128gcm\0"u8.ToArray()), TagBytes);
            var padded = new byte[record.Length - TagBytes];
            aes.Decrypt(
                HKDF.Expand(HashAlgorithmName.SHA256, pseudoRandom, 12, "Content-Encoding: nonce\0"u8.ToArray()),
                record[..^TagBytes], record[^TagBytes..], padded);

            // 2 ends the last record, zeros follow
            var end = padded.AsSpan().TrimEnd((byte)0).Length;
            return end > 0 && padded[end - 1] == 2 ? padded[..(end - 1)] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>Points of P-256, uncompressed (SEC 1, 2.3.3).</summary>
internal static class EllipticPoint
{
    public static byte[] Bytes(ECDiffieHellman key) =>
        key.ExportParameters(includePrivateParameters: false).Q is var point ? [4, .. point.X!, .. point.Y!] : [];

    /// <exception cref="CryptographicException">It is none.</exception>
    public static ECParameters Parameters(byte[] point) => point is [4, ..] && point.Length == 65
        ? new() { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = point[1..33], Y = point[33..] } }
        : throw new CryptographicException("It is no uncompressed point of P-256.");
}
