using System.Globalization;
using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

/// <summary>The errors of Speech-to-Text.</summary>
internal static class SpeechErrors
{
    public static SpeechError NoKey { get; } = new(
        403,
        "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer "
        + "identity to call this API.");

    public static SpeechError WrongKey { get; } = new(
        400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "API_KEY_INVALID");

    public static SpeechError NoLanguage { get; } = Invalid("Invalid recognition 'config': bad language code.");

    public static SpeechError WrongEncoding { get; } = Invalid("Invalid recognition 'config': bad encoding..");

    public static SpeechError WrongRate { get; } = Invalid("Invalid recognition 'config': bad sample rate hertz.");

    public static SpeechError NoAudio { get; } = Invalid("RecognitionAudio not set.");

    public static SpeechError TwoAudios { get; } = Invalid(
        "Invalid value at 'audio' (oneof), oneof field 'audio_source' is already set. Cannot set 'uri'");

    public static SpeechError NotBase64 { get; } = Invalid("Invalid value at 'audio.content' (TYPE_BYTES), Base64 decoding failed");

    public static SpeechError TooLong { get; } = Invalid(
        "Sync input too long. For audio longer than 1 min use LongRunningRecognize with a 'uri' parameter.");

    public static SpeechError NotJson(string why) => Invalid($"Invalid JSON payload received. {why}");

    public static SpeechError UnknownField(string name, string at) =>
        Invalid($"Invalid JSON payload received. Unknown name \"{name}\"{(at.Length == 0 ? "" : $" at '{at}'")}: Cannot find field.");

    public static SpeechError OtherRate(int rate, string format, int inHeader) => Invalid(string.Create(
        CultureInfo.InvariantCulture,
        $"sample_rate_hertz ({rate}) in RecognitionConfig must either be unspecified or match the value in the {format} header `{inHeader}`."));

    public static SpeechError OtherFormat(string encoding, AudioFormat format) => Invalid(
        $"Invalid audio content: encoding {encoding} in RecognitionConfig does not match the header of the audio ({format}).");

    public static SpeechError NotFound(string message) => new(404, "NOT_FOUND", message);

    /// <summary>The error of a fault that was asked for.</summary>
    /// <param name="status">The HTTP status; without it the one that belongs to the name, or 500.</param>
    /// <param name="name">Its name in gRPC; without it the one that belongs to the status.</param>
    public static SpeechError Fault(int? status, string? name)
    {
        var known = Known.FirstOrDefault(error => name is null ? error.Code == (status ?? 500) : error.Status == name)
            ?? new SpeechError(500, name ?? "UNKNOWN", "Unknown error.");
        return known with { Code = status ?? known.Code };
    }

    private static SpeechError Invalid(string message) => new(400, "INVALID_ARGUMENT", message);

    private static readonly SpeechError[] Known =
    [
        new(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
        new(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
        new(403, "PERMISSION_DENIED", "Cloud Speech-to-Text API has not been used in this project before or it is disabled."),
        new(404, "NOT_FOUND", "Requested entity was not found."),
        new(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'."),
        new(499, "CANCELLED", "The operation was cancelled."),
        new(500, "INTERNAL", "Internal error encountered."),
        new(503, "UNAVAILABLE", "The service is currently unavailable."),
        new(504, "DEADLINE_EXCEEDED", "Deadline exceeded."),
    ];
}

/// <summary>An error as Google's newer APIs tell it: <c>{error:{code,message,status}}</c>.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Status">Its name in gRPC.</param>
/// <param name="Message">For people.</param>
/// <param name="Reason">For programs; only with some.</param>
internal sealed record SpeechError(int Code, string Status, string Message, string? Reason = null)
{
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Code;
        context.Response.ContentType = "application/json; charset=UTF-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", Code);
        json.WriteString("message", Message);
        json.WriteString("status", Status);
        if (Reason is not null)
        {
            json.WriteStartArray("details");
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
            json.WriteString("reason", Reason);
            json.WriteString("domain", "googleapis.com");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
