namespace Switchboard.Workers.Ingest.Speech;

// The resources of speech:recognize (v1) with the members that are written and read here.

internal sealed record SpeechConfig(string LanguageCode, string Encoding, int? SampleRateHertz, int? AudioChannelCount);

internal sealed record SpeechReply(IReadOnlyList<SpeechResult>? Results = null, SpeechError? Error = null);

internal sealed record SpeechResult(IReadOnlyList<SpeechAlternative>? Alternatives = null);

internal sealed record SpeechAlternative(string? Transcript = null, float? Confidence = null);

internal sealed record SpeechError(int? Code = null, string? Message = null, string? Status = null);
