namespace Switchboard.Simulator.Speech;

/// <summary>A request of <c>GET /_sim/speech/requests</c>.</summary>
/// <param name="At">When.</param>
/// <param name="Bytes">How much audio.</param>
/// <param name="Format">What it was by its header.</param>
/// <param name="Encoding">What it was said to be; null when the request could not be read.</param>
/// <param name="SampleRateHertz">The rate that was named; 0 for none.</param>
/// <param name="LanguageCode">Which language.</param>
/// <param name="Seconds">How long it lasts.</param>
/// <param name="Transcript">What is said; null for silence.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Error">Why it was refused.</param>
internal sealed record SpeechRequest(
    DateTimeOffset At,
    long Bytes,
    string Format,
    string? Encoding,
    int? SampleRateHertz,
    string? LanguageCode,
    double? Seconds,
    string? Transcript,
    int Status,
    string? Error);

/// <summary>The requests that came last, oldest of them first.</summary>
internal sealed record SpeechRequestList(IReadOnlyList<SpeechRequest> Items);

/// <summary>How many there are.</summary>
internal sealed record SpeechRequestCount(int Count);
