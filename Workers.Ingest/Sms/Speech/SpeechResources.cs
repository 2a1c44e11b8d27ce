namespace Switchboard.Workers.Ingest.Sms.Speech;

// The resources of speech:recognize (v1) with the members that are written and read here.

internal sealed record SpeechConfig(string LanguageCode, string Encoding, int? SampleRateHertz, int? AudioChannelCount);

internal sealed record SpeechReply(IReadOnlyList<SpeechResult>? Results = null, SpeechError? Error = null);

internal sealed record SpeechResult(IReadOnlyList<SpeechAlternative>? Alternatives = null);

internal sealed record SpeechAlternative(string? Transcript = null, float? Confidence = null);

internal sealed record SpeechError(string? Message = null, IReadOnlyList<SpeechErrorDetail>? Details = null)
{
    /// <summary>Whether the key is none: Google says so with the status of a bad request.</summary>
    public bool IsOfKey => Details?.Any(detail => detail.Reason?.StartsWith("API_KEY_", StringComparison.Ordinal) == true) == true;
}

internal sealed record SpeechErrorDetail(string? Reason = null);
