using System.Buffers.Binary;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>Finds how audio is encoded, by its type and its header.</summary>
internal static class AudioFormats
{
    private const int OpusRate = 48_000;

    /// <summary>The format of a file; null when it is none that Speech takes.</summary>
    public static async Task<AudioFormat?> OfAsync(FileStream file, string contentType, CancellationToken cancellationToken)
    {
        var head = await AudioDuration.HeadAsync(file, 0, cancellationToken);
        var tag = Id3Tag.Length(head);
        return Of(tag == 0 ? head : await AudioDuration.HeadAsync(file, tag, cancellationToken), contentType);
    }

    /// <summary>The format of what begins so; null when it is none that Speech takes.</summary>
    public static AudioFormat? Of(ReadOnlySpan<byte> head, string contentType) => contentType switch
    {
        "audio/amr" => new("AMR", 8_000),
        "audio/amr-wb" => new("AMR_WB", 16_000),
        "audio/flac" => new("FLAC"),
        "audio/mpeg" => Mp3(head),
        "audio/ogg" => Ogg(head),
        "audio/webm" => head.IndexOf("A_OPUS"u8) >= 0 ? new("WEBM_OPUS", OpusRate) : null,
        "audio/wav" => Wav(head),
        _ => null,
    };

    // 16-bit samples, or µ-law
    private static AudioFormat? Wav(ReadOnlySpan<byte> head)
    {
        if (WaveHeader.Read(head) is not { } wave)
            return null;
        var channels = wave.Channels > 1 ? (int?)wave.Channels : null;
        return (wave.Format, wave.BitsPerSample) switch
        {
            (WaveHeader.Pcm, 16) => new("LINEAR16", wave.SampleRate, channels),
            (WaveHeader.MuLaw, 8) => new("MULAW", wave.SampleRate, channels),
            _ => null,
        };
    }

    // Opus is decoded at one of five rates, whatever the rate was that it was made of (RFC 7845, 5.1)
    private static AudioFormat? Ogg(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("OpusHead"u8);
        if (at < 0 || head.Length < at + 16)
            return null;
        var rate = BinaryPrimitives.ReadInt32LittleEndian(head[(at + 12)..]);
        return new("OGG_OPUS", rate is 8_000 or 12_000 or 16_000 or 24_000 or 48_000 ? rate : OpusRate);
    }

    private static AudioFormat? Mp3(ReadOnlySpan<byte> head)
    {
        for (var at = 0; at < head.Length - AudioFrame.HeaderSize; at++)
        {
            if (AudioFrame.Read(head[at..]) is { } frame)
                return new("MP3", frame.SampleRate);
        }

        return null;
    }
}

/// <summary>How audio is encoded, in the words of Speech-to-Text (<c>RecognitionConfig</c>).</summary>
/// <param name="Encoding">The encoding.</param>
/// <param name="SampleRateHertz">Its samples a second; null where the file says it and Speech reads it.</param>
/// <param name="Channels">How many channels it has; null for one, or where the file says it and Speech reads it.</param>
internal sealed record AudioFormat(string Encoding, int? SampleRateHertz = null, int? Channels = null);
