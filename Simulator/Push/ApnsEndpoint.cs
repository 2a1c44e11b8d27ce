using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Push;

/// <summary>Options of the section <c>Apns</c>.</summary>
internal sealed class ApnsOptions
{
    public const string Section = "Apns";

    public string KeyId { get; set; } = "DEMOKEY001";

    public string TeamId { get; set; } = "DEMOTEAM01";

    /// <summary>The app's bundle id.</summary>
    public string Topic { get; set; } = "com.example.switchboard";

    /// <summary>The public half of the team's key, in PEM; without it no request is authorised.</summary>
    public string PublicKey { get; set; } = "";
}

/// <summary>
/// Apple's push service: <c>POST /apns/3/device/{token}</c>, over HTTP/2 alone. Without TLS that has a port of its own
/// (<c>Simulator:Http2Port</c>), since a server cannot tell on one port which HTTP is meant.
/// </summary>
internal sealed class ApnsEndpoint(
    MessageStore<SentPush> messages, DeadTokens dead, IOptions<ApnsOptions> options, TimeProvider timeProvider)
{
    private const int MostBytes = 4_096;

    public async Task<IResult> InvokeAsync(HttpRequest request, string token)
    {
        if (!HttpProtocol.IsHttp2(request.Protocol))
        {
            return Results.StatusCode(StatusCodes.Status505HttpVersionNotsupported);
        }

        if (Refusal(request) is { } refusal)
        {
            return refusal;
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        if (body.Length > MostBytes)
        {
            return ApnsErrors.Fault(413, "PayloadTooLarge");
        }

        body.Position = 0;
        request.Body = body;
        if (await ControlBody.ReadAsync(request) is not { } payload || ControlBody.Child(payload, "aps") is not { } aps
            || ControlBody.Child(aps, "alert") is not { } alert)
        {
            return ApnsErrors.Fault(400, "PayloadEmpty");
        }

        if (dead.Has(token, out var code))
        {
            return ApnsErrors.Fault(code is null or "Unregistered" or "ExpiredToken" ? 410 : 400, code ?? "Unregistered", timeProvider.GetUtcNow());
        }

        var id = request.Headers.TryGetValue("apns-id", out var given) ? given.ToString() : Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString().ToUpperInvariant();
        messages.Add(sequence => new SentPush(
            sequence,
            id,
            "apns",
            token,
            ControlBody.Text(alert, "title"),
            ControlBody.Text(alert, "body"),
            SentPush.Strings(ControlBody.Child(payload, "data")) ?? [],
            SentPush.HeadersOf(request, "apns-id", "apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id"),
            request.Protocol));
        request.HttpContext.Response.Headers["apns-id"] = id;
        return Results.Ok();
    }

    private ApnsError? Refusal(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return ApnsErrors.Fault(403, "MissingProviderToken");
        }

        var now = timeProvider.GetUtcNow();
        var jwt = SignedJwt.Read(authorization[7..]);
        return jwt is null || jwt.KeyId != options.Value.KeyId || jwt.Claim("iss") != options.Value.TeamId || !IsSigned(jwt)
            ? ApnsErrors.Fault(403, "InvalidProviderToken")
            : jwt.Time("iat") is not { } issued || issued > now.AddMinutes(5) || issued < now.AddHours(-1)
            ? ApnsErrors.Fault(403, "ExpiredProviderToken")
            : (string?)request.Headers["apns-topic"] switch
            {
                null => ApnsErrors.Fault(400, "MissingTopic"),
                var topic when topic != options.Value.Topic => ApnsErrors.Fault(400, "TopicDisallowed"),
                _ => null,
            };
    }

    private bool IsSigned(SignedJwt jwt)
    {
        if (options.Value.PublicKey.Length == 0)
        {
            return false;
        }

        using var key = ECDsa.Create();
        key.ImportFromPem(options.Value.PublicKey);
        return jwt.IsSignedBy(key);
    }
}

/// <summary>The errors of APNs.</summary>
internal static class ApnsErrors
{
    /// <summary>The error of a fault that was asked for, or of a dead token.</summary>
    public static ApnsError Fault(int? status, string? reason, DateTimeOffset? since = null) => new(
        status ?? reason switch
        {
            null or "InternalServerError" => 500,
            "Unregistered" or "ExpiredToken" => 410,
            "ExpiredProviderToken" or "InvalidProviderToken" => 403,
            "TooManyRequests" or "TooManyProviderTokenUpdates" => 429,
            "ServiceUnavailable" or "Shutdown" => 503,
            _ => 400,
        },
        reason ?? status switch
        {
            403 => "InvalidProviderToken",
            410 => "Unregistered",
            413 => "PayloadTooLarge",
            429 => "TooManyRequests",
            503 => "ServiceUnavailable",
            >= 400 and < 500 => "BadDeviceToken",
            _ => "InternalServerError",
        },
        since);
}

/// <summary>An error answer: <c>{reason}</c>, and of a dead token since when.</summary>
internal sealed record ApnsError(int Status, string Reason, DateTimeOffset? Since) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("reason", Reason);
        if (Since is { } since)
        {
            json.WriteNumber("timestamp", since.ToUnixTimeMilliseconds());
        }

        json.WriteEndObject();
    }
}
