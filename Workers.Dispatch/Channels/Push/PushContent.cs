using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>What a push message says, the same whatever the service.</summary>
/// <param name="Title">Its title; null for none.</param>
/// <param name="Body">Its text.</param>
/// <param name="Data">What the app reads: the notification's data as strings, and its id as <c>notificationId</c>.</param>
/// <param name="ExpiresAt">When it is of no use any more.</param>
internal sealed record PushContent(string? Title, string Body, IReadOnlyDictionary<string, string> Data, DateTimeOffset ExpiresAt)
{
    private const int LongestTitle = 500;

    /// <summary>The content of a message.</summary>
    public static PushContent Of(ChannelMessage message, PushOptions options)
    {
        var data = new Dictionary<string, string>();
        if (message.Content?.Data is { ValueKind: JsonValueKind.Object } fields)
            foreach (var field in fields.EnumerateObject())
                data[field.Name] = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText();
        data["notificationId"] = message.NotificationId.ToString();

        var kept = message.DueAt.AddSeconds(options.TimeToLiveSeconds);
        return new(
            message.Content?.Subject is { Length: > 0 } subject ? StorableText.Cut(subject, LongestTitle, Encoding.UTF8.GetByteCount) : null,
            message.Body,
            data,
            message.Content?.ExpiresAt is { } expires && expires < kept ? expires : kept);
    }

    /// <summary>How long it is of use from now on, in whole seconds; what is not of use any more is not sent.</summary>
    public int SecondsLeft(DateTimeOffset now) => (int)Math.Floor((ExpiresAt - now).TotalSeconds);

    /// <summary>The failure of a message that came too late.</summary>
    public ProviderFailure Expired => new(
        FailureKind.Permanent,
        string.Create(CultureInfo.InvariantCulture, $"It was of no use any more after {ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC."));

    /// <summary>The same with as much of its text as its service takes.</summary>
    /// <param name="bytes">What the service takes, in bytes of JSON.</param>
    /// <param name="write">Writes what is counted.</param>
    /// <returns>Null when it is too long without any text.</returns>
    public PushContent? Fit(int bytes, Func<PushContent, byte[]> write)
    {
        var over = write(this).Length - bytes;
        if (over <= 0)
            return this;

        var cut = this with { Body = StorableText.Cut(Body, StorableText.BytesInJson(Body) - over, StorableText.BytesInJson) };
        return write(cut).Length <= bytes ? cut : null;
    }

    /// <summary>The failure of a message that does not fit whatever is left out of its text.</summary>
    public static ProviderFailure TooLong(string service, int bytes) => new(
        FailureKind.Permanent,
        string.Create(CultureInfo.InvariantCulture, $"The data alone is more than the {bytes:N0} bytes that {service} takes."));
}

/// <summary>How urgent a message is, in the words of each service.</summary>
internal static class PushUrgency
{
    /// <summary>The header <c>Urgency</c> of RFC 8030, 5.3.</summary>
    public static string Of(JobPriority priority) => priority switch
    {
        JobPriority.Critical or JobPriority.High => "high",
        JobPriority.Normal => "normal",
        JobPriority.Low => "low",
        _ => "very-low",
    };

    /// <summary>Whether the device shows it at once, even if that costs power.</summary>
    public static bool IsImmediate(JobPriority priority) => priority <= JobPriority.Normal;
}

/// <summary>How the tokens of all services are signed: with the claims that are given and no others.</summary>
internal static class PushJwt
{
    public static JsonWebTokenHandler Handler { get; } = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>For keys that are disposed: the default factory keeps what has signed, of a key that is disposed as well.</summary>
    public static CryptoProviderFactory Uncached { get; } = new() { CacheSignatureProviders = false };
}

/// <summary>The bodies of the services. Their limits are in bytes, so nothing is escaped that need not be.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FcmRequest))]
[JsonSerializable(typeof(FcmMessage))]
[JsonSerializable(typeof(FcmReply))]
[JsonSerializable(typeof(FcmToken))]
[JsonSerializable(typeof(ServiceAccountKey))]
[JsonSerializable(typeof(ApnsPayload))]
[JsonSerializable(typeof(ApnsReply))]
[JsonSerializable(typeof(WebPushPayload))]
[JsonSerializable(typeof(WebPushSubscription))]
internal sealed partial class PushJson : JsonSerializerContext
{
    /// <summary>The context by which bodies are written.</summary>
    public static PushJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
