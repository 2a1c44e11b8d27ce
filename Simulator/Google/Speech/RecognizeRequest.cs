using System.Text.Json;

namespace Switchboard.Simulator.Google;

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
        "encoding", "sampleRateHertz", "audioChannelCount", "enableSeparateRecognitionPerChannel", "languageCode",
        "alternativeLanguageCodes",
        "maxAlternatives", "profanityFilter", "adaptation", "transcriptNormalization", "speechContexts", "enableWordTimeOffsets",
        "enableWordConfidence", "enableAutomaticPunctuation", "enableSpokenPunctuation", "enableSpokenEmojis", "diarizationConfig",
        "metadata",
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

/// <summary>Whether a request describes its audio as it is, and how long that lasts.</summary>
internal static class AudioCheck
{
    private const double LongestSeconds = 60;

    // the rates that Opus has
    private static readonly int[] OpusRates = [8000, 12_000, 16_000, 24_000, 48_000];

    /// <returns>What is wrong; null when the audio is listened to.</returns>
    public static SpeechError? Check(RecognizeRequest request, AudioContent audio) =>
        string.IsNullOrWhiteSpace(request.LanguageCode) ? SpeechErrors.NoLanguage
        : !request.HasContent && request.Uri is null ? SpeechErrors.NoAudio
        : request.HasContent && request.Uri is not null ? SpeechErrors.TwoAudios
        : request.Uri is not null ? SpeechErrors.NotFound($"Requested entity was not found: {request.Uri}")
        : audio.Length == 0 ? SpeechErrors.NoAudio
        : CheckEncoding(request, audio) ?? CheckRate(request, audio)
            ?? (Seconds(request, audio) > LongestSeconds ? SpeechErrors.TooLong : null);

    public static double Seconds(RecognizeRequest request, AudioContent audio) =>
        audio.Seconds(request.SampleRate * request.Channels * (request.Encoding == "LINEAR16" ? 2.0 : 1.0));

    private static SpeechError? CheckEncoding(RecognizeRequest request, AudioContent audio)
    {
        var isRight = (request.Encoding, audio.Format) switch
        {
            (RecognizeRequest.Unspecified, AudioFormat.Wav or AudioFormat.Flac) => true,
            (RecognizeRequest.Unspecified, _) => (bool?)null,
            ("LINEAR16", AudioFormat.Wav) => audio.WavCode == 1,
            ("ALAW", AudioFormat.Wav) => audio.WavCode == 6,
            ("MULAW", AudioFormat.Wav) => audio.WavCode == 7,
            ("LINEAR16" or "ALAW" or "MULAW" or "SPEEX_WITH_HEADER_BYTE", var format) => format == AudioFormat.Headerless,
            ("FLAC", var format) => format == AudioFormat.Flac,
            ("AMR", var format) => format == AudioFormat.Amr,
            ("AMR_WB", var format) => format == AudioFormat.AmrWb,
            ("OGG_OPUS", var format) => format == AudioFormat.Ogg,
            ("WEBM_OPUS", var format) => format == AudioFormat.WebM,
            ("MP3", var format) => format == AudioFormat.Mp3,
            _ => null,
        };
        return isRight switch
        {
            null => SpeechErrors.WrongEncoding,
            false => SpeechErrors.OtherFormat(request.Encoding, audio.Format),
            true => null,
        };
    }

    // headers of WAV and FLAC say their rate; all others have to be told
    private static SpeechError? CheckRate(RecognizeRequest request, AudioContent audio) => audio.Format switch
    {
        AudioFormat.Wav or AudioFormat.Flac => request.SampleRate == 0 || request.SampleRate == audio.SampleRate
            ? null
            : SpeechErrors.OtherRate(request.SampleRate, audio.Format.ToString().ToUpperInvariant(), audio.SampleRate),
        AudioFormat.Amr or AudioFormat.AmrWb => request.SampleRate == audio.SampleRate ? null : SpeechErrors.WrongRate,
        AudioFormat.Ogg or AudioFormat.WebM => OpusRates.Contains(request.SampleRate) ? null : SpeechErrors.WrongRate,
        _ => request.SampleRate is >= 8000 and <= 48_000 ? null : SpeechErrors.WrongRate,
    };
}
