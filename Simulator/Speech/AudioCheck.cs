namespace Switchboard.Simulator.Speech;

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
