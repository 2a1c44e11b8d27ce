using System.Buffers;
using System.Buffers.Binary;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>How long a file plays, by its headers. What they say is believed, which costs no more than a request that is refused.</summary>
internal static class AudioDuration
{
    private const int HeadSize = 4096;

    /// <summary>How long it plays; null when that is not known.</summary>
    /// <param name="file">The file.</param>
    /// <param name="contentType">What its bytes are.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<TimeSpan?> OfAsync(Stream file, string contentType, CancellationToken cancellationToken)
    {
        file.Position = 0;
        var seconds = contentType switch
        {
            "audio/wav" => Wav(await HeadAsync(file, 0, cancellationToken), file.Length),
            "audio/flac" => Flac(await HeadAsync(file, 0, cancellationToken)),
            "audio/mpeg" => await Mp3Async(file, cancellationToken),
            "audio/ogg" => await OggDuration.SecondsAsync(file, cancellationToken),
            "audio/amr" => await AmrDuration.SecondsAsync(file, wide: false, cancellationToken),
            "audio/amr-wb" => await AmrDuration.SecondsAsync(file, wide: true, cancellationToken),
            "audio/mp4" or "audio/3gpp" or "audio/3gpp2" => await Mp4Duration.SecondsAsync(file, cancellationToken),
            _ => null,
        };
        return seconds is >= 0 and < 1e9 ? TimeSpan.FromSeconds(seconds.Value) : null;
    }

    /// <summary>Bytes from a place on; fewer at the end of the file.</summary>
    public static async Task<byte[]> HeadAsync(Stream file, long from, CancellationToken cancellationToken, int size = HeadSize)
    {
        if (from >= file.Length)
            return [];
        var head = new byte[Math.Min(size, file.Length - from)];
        file.Position = from;
        var length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return length == head.Length ? head : head[..length];
    }

    // a stream that was recorded without an end says that its data is of no or of all length
    private static double? Wav(ReadOnlySpan<byte> head, long fileLength)
    {
        if (WaveHeader.Read(head) is not { } wave)
            return null;
        var there = fileLength - wave.DataAt;
        return (double)(wave.DataLength == 0 ? there : Math.Min(wave.DataLength, there)) / wave.BytesPerSecond;
    }

    // the block STREAMINFO is the first (RFC 9639, 8.2): 20 bits of sample rate, 8 of others, 36 of the number of samples
    private static double? Flac(ReadOnlySpan<byte> head)
    {
        const int Info = 8;
        if (head.Length < Info + 18 || !head.StartsWith("fLaC"u8))
            return null;
        var packed = BinaryPrimitives.ReadUInt64BigEndian(head[(Info + 10)..]);
        var rate = packed >> 44;
        var samples = packed & 0xF_FFFF_FFFF;
        return rate == 0 || samples == 0 ? null : (double)samples / rate;
    }

    private static async Task<double?> Mp3Async(Stream file, CancellationToken cancellationToken)
    {
        var start = Id3Tag.Length(await HeadAsync(file, 0, cancellationToken));
        var head = await HeadAsync(file, start, cancellationToken);
        for (var at = 0; at + AudioFrame.HeaderSize < head.Length; at++)
        {
            if (AudioFrame.Read(head.AsSpan(at)) is not { } frame)
                continue;
            return Frames(head.AsSpan(at), frame) is { } frames
                ? (double)frames * frame.Samples / frame.SampleRate
                : (file.Length - start - at) * 8.0 / frame.BitsPerSecond;
        }

        return null;
    }

    // encoders of variable rate write the number of frames into the first, behind its side information
    private static uint? Frames(ReadOnlySpan<byte> frame, AudioFrame header)
    {
        var xing = AudioFrame.HeaderSize + header.SideInfo;
        if (frame.Length >= xing + 12 && (frame[xing..].StartsWith("Xing"u8) || frame[xing..].StartsWith("Info"u8)) && (frame[xing + 7] & 1) == 1)
            return BinaryPrimitives.ReadUInt32BigEndian(frame[(xing + 8)..]);
        const int Vbri = AudioFrame.HeaderSize + 32;
        return frame.Length >= Vbri + 18 && frame[Vbri..].StartsWith("VBRI"u8) ? BinaryPrimitives.ReadUInt32BigEndian(frame[(Vbri + 14)..]) : null;
    }
}

/// <summary>How long AMR plays: 20 ms a frame (RFC 4867, 5.3).</summary>
internal static class AmrDuration
{
    private const int BufferSize = 16 * 1024;
    private const double FrameSeconds = 0.02;

    // bytes of a frame with its header, by its type; 0 where there is no such type
    private static readonly int[] Narrow = [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];
    private static readonly int[] Wide = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1];

    public static async Task<double?> SecondsAsync(Stream file, bool wide, CancellationToken cancellationToken)
    {
        var sizes = wide ? Wide : Narrow;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            file.Position = 0;
            var frames = 0L;
            long next = (wide ? "#!AMR-WB\n" : "#!AMR\n").Length;
            long at = 0;
            for (int read; (read = await file.ReadAsync(buffer.AsMemory(0, BufferSize), cancellationToken)) > 0; at += read)
            {
                while (next < at + read)
                {
                    if (sizes[(buffer[next - at] >> 3) & 15] is not (> 0 and var size))
                        return null;
                    next += size;
                    frames++;
                }
            }

            return frames * FrameSeconds;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
