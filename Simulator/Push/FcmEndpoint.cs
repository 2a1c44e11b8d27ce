using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;
using Switchboard.Simulator.Google;

namespace Switchboard.Simulator.Push;

/// <summary>Options of the section <c>Fcm</c>.</summary>
internal sealed class FcmOptions
{
    public const string Section = "Fcm";

    public string ProjectId { get; set; } = "demo-project";

    /// <summary>The public key of the service account, in PEM; without it no one gets a token.</summary>
    public string PublicKey { get; set; } = "";

    public int AccessTokenSeconds { get; set; } = 3600;
}

/// <summary>
/// Firebase Cloud Messaging: <c>POST /fcm/token</c> gives the service account a token for a JWT that it has signed, and
/// <c>POST /fcm/v1/projects/{project}/messages:send</c> takes messages with it.
/// </summary>
internal sealed class FcmEndpoint(
    MessageStore<SentPush> messages, DeadTokens dead, SimulatorAddress address, IOptions<FcmOptions> options, TimeProvider timeProvider)
{
    private const int MostBytes = 4_096;
    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new();
    private long _last;

    public async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = request.HasFormContentType ? await request.ReadFormAsync(request.HttpContext.RequestAborted) : FormCollection.Empty;
        if (form["grant_type"] != Grant)
        {
            return new OAuthError(400, "unsupported_grant_type", "Invalid grant_type: " + form["grant_type"]);
        }

        var now = timeProvider.GetUtcNow();
        var jwt = SignedJwt.Read(form["assertion"]);
        var fault = jwt is null || !IsSigned(jwt) ? "Invalid JWT Signature."
            : jwt.Claim("aud") != $"{address.Url}/fcm/token" ? "Invalid JWT: aud is not the token endpoint."
            : jwt.Claim("scope") != Scope ? "Invalid JWT: no scope of messaging."
            : jwt.Time("iat") is not { } from || jwt.Time("exp") is not { } to || from > now.AddMinutes(5) || to <= now
                || to - from > TimeSpan.FromHours(1)
                ? "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            : null;
        if (fault is not null)
        {
            return new OAuthError(400, "invalid_grant", fault);
        }

        var token = "ya29.c." + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _tokens[token] = now.AddSeconds(options.Value.AccessTokenSeconds);
        return Results.Json(
            new FcmToken(token, options.Value.AccessTokenSeconds, "Bearer"), PushJson.Default.FcmToken);
    }

    public async Task<IResult> SendAsync(HttpRequest request, string project)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            || !_tokens.TryGetValue(authorization[7..], out var until) || until <= timeProvider.GetUtcNow())
        {
            return FcmErrors.Fault(401, null);
        }

        if (project != options.Value.ProjectId)
        {
            return FcmErrors.Fault(403, null);
        }

        return Read(await ControlBody.ReadAsync(request)) is not { } message ? FcmErrors.BadPayload("Invalid JSON payload received.")
            : message.Data is null ? FcmErrors.BadPayload("Invalid value at 'message.data' (TYPE_STRING)")
            : message.Bytes > MostBytes ? FcmErrors.BadPayload("Message is too big")
            : string.IsNullOrEmpty(message.Token) ? FcmErrors.BadPayload("Recipient of the message is not set.")
            : dead.Has(message.Token, out var code) ? FcmErrors.Fault(null, code ?? "UNREGISTERED")
            : Take(request, message);
    }

    private IResult Take(HttpRequest request, FcmSent sent)
    {
        var name = $"projects/{options.Value.ProjectId}/messages/{Interlocked.Increment(ref _last)}";
        messages.Add(sequence => new SentPush(
            sequence, name, "fcm", sent.Token!, sent.Title, sent.Body, sent.Data!, sent.Headers, request.Protocol));
        return Results.Json(new FcmName(name), PushJson.Default.FcmName);
    }

    private bool IsSigned(SignedJwt jwt)
    {
        if (options.Value.PublicKey.Length == 0)
        {
            return false;
        }

        using var key = RSA.Create();
        key.ImportFromPem(options.Value.PublicKey);
        return jwt.IsSignedBy(key);
    }

    private static FcmSent? Read(JsonElement? body)
    {
        if (body is not { ValueKind: JsonValueKind.Object } request || !request.TryGetProperty("message", out var message)
            || message.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var notification = ControlBody.Child(message, "notification");
        var data = ControlBody.Child(message, "data");
        var headers = new Dictionary<string, string>();
        if (ControlBody.Child(message, "android") is { } android)
        {
            headers["android.priority"] = ControlBody.Text(android, "priority") ?? "";
            headers["android.ttl"] = ControlBody.Text(android, "ttl") ?? "";
        }

        return new FcmSent(
            ControlBody.Text(message, "token"),
            notification is { } shown ? ControlBody.Text(shown, "title") : null,
            notification is { } text ? ControlBody.Text(text, "body") : null,
            SentPush.Strings(data),
            headers,
            Encoding.UTF8.GetByteCount(notification?.GetRawText() ?? "") + Encoding.UTF8.GetByteCount(data?.GetRawText() ?? ""));
    }

    private sealed record FcmSent(
        string? Token, string? Title, string? Body, Dictionary<string, string>? Data, Dictionary<string, string> Headers, int Bytes);
}

/// <summary>The errors of FCM: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode</summary>
internal static class FcmErrors
{
    /// <summary>The error of a fault that was asked for, or of a dead token.</summary>
    public static FcmError Fault(int? status, string? code) => (status, code) switch
    {
        (_, "UNREGISTERED") => new(status ?? 404, "NOT_FOUND", "Requested entity was not found.", code),
        (_, "SENDER_ID_MISMATCH") => new(status ?? 403, "PERMISSION_DENIED", "SenderId mismatch", code),
        (_, "INVALID_ARGUMENT") => new(status ?? 400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token", code),
        (_, "QUOTA_EXCEEDED") => new(status ?? 429, "RESOURCE_EXHAUSTED", "Message rate exceeded.", code),
        (_, "UNAVAILABLE") => new(status ?? 503, "UNAVAILABLE", "The service is currently unavailable.", code),
        (_, "THIRD_PARTY_AUTH_ERROR") => new(status ?? 401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service", code),
        (_, not null) => new(status ?? 500, code, "Error", code),
        (400, _) => BadPayload("Request contains an invalid argument."),
        (401, _) => new(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
        (403, _) => new(403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied on resource."),
        (404, _) => Fault(404, "UNREGISTERED"),
        (429, _) => Fault(429, "QUOTA_EXCEEDED"),
        (503, _) => Fault(503, "UNAVAILABLE"),
        _ => new(status ?? 500, "INTERNAL", "Internal error encountered.", "INTERNAL"),
    };

    public static FcmError BadPayload(string message) => new(400, "INVALID_ARGUMENT", message, "INVALID_ARGUMENT", IsPayload: true);
}

/// <summary>An error answer.</summary>
internal sealed record FcmError(int Status, string Name, string Message, string? Code = null, bool IsPayload = false) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", Status);
        json.WriteString("message", Message);
        json.WriteString("status", Name);
        json.WriteStartArray("details");
        if (Code is not null)
        {
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.firebase.fcm.v1.FcmError");
            json.WriteString("errorCode", Code);
            json.WriteEndObject();
        }

        if (IsPayload)
        {
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.BadRequest");
            json.WriteStartArray("fieldViolations");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
