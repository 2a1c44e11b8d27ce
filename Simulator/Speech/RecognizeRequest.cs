using System.Text.Json;

namespace Switchboard.Simulator.Speech;

/// <summary>What a request says about its audio.</summary>
/// <param name="LanguageCode">Which language is spoken.</param>
/// <param name="Encoding">How it is encoded, by Google's names; ENCODING_UNSPECIFIED where the header is to say.</param>
/// <param name="SampleRate">Samples a second; 0 where the header is to say.</param>
/// <param name="Channels">On how many channels.</param>
/// <param name="HasContent">Whether the audio is in the request.</param>
/// <param name="Uri">Where it is otherwise.</param>
internal sealed record RecognizeRequest(string? LanguageCode, string Encoding, int SampleRate, int Channels, bool HasContent, string? Uri)
{
    public const string Unspecified = "ENCODING_UNSPECIFIED";

    private static readonly HashSet<string> ConfigFields =
    [
        "encoding", "sampleRateHertz", "audioChannelCount", "enableSeparateRecognitionPerChannel", "languageCode", "alternativeLanguageCodes",
        "maxAlternatives", "profanityFilter", "adaptation", "transcriptNormalization", "speechContexts", "enableWordTimeOffsets",
        "enableWordConfidence", "enableAutomaticPunctuation", "enableSpokenPunctuation", "enableSpokenEmojis", "diarizationConfig", "metadata",
        "model", "useEnhanced",
    ];

    /// <summary>Reads it; fields that Google does not know are errors, as they are there.</summary>
    public static (RecognizeRequest? Request, SpeechError? Error) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (Unknown(root, ["config", "audio"]) is { } name)
            {
                return (null, SpeechErrors.UnknownField(name, ""));
            }

            var (config, audio) = (Object(root, "config"), Object(root, "audio"));
            return Unknown(config, ConfigFields) is { } inConfig ? (null, SpeechErrors.UnknownField(inConfig, "config"))
                : Unknown(audio, ["content", "uri"]) is { } inAudio ? (null, SpeechErrors.UnknownField(inAudio, "audio"))
                : (Of(config, audio), null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return (null, SpeechErrors.NotJson(e.Message));
        }
    }

    private static RecognizeRequest Of(JsonElement config, JsonElement audio) => new(
        Value(config, "languageCode")?.GetString(),
        Value(config, "encoding")?.GetString() ?? Unspecified,
        Value(config, "sampleRateHertz")?.GetInt32() ?? 0,
        Value(config, "audioChannelCount")?.GetInt32() ?? 1,
        Value(audio, "content") is not null,
        Value(audio, "uri")?.GetString());

    private static JsonElement Object(JsonElement parent, string name) =>
        Value(parent, name) is { } value ? value : JsonDocument.Parse("{}").RootElement;

    private static JsonElement? Value(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Unknown(JsonElement parent, HashSet<string> known) =>
        parent.EnumerateObject().Select(property => property.Name).FirstOrDefault(name => !known.Contains(name));
}
