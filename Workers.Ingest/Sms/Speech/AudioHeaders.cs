using System.Buffers.Binary;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>The header of a frame of MPEG audio, layer III (ISO/IEC 11172-3, 2.4.1.3; 13818-3).</summary>
/// <param name="SampleRate">Samples a second.</param>
/// <param name="Samples">The samples of a frame.</param>
/// <param name="BitsPerSecond">Its bit rate.</param>
/// <param name="Length">The bytes of the frame, its header included.</param>
/// <param name="SideInfo">The bytes between its header and its data.</param>
internal readonly record struct AudioFrame(int SampleRate, int Samples, int BitsPerSecond, int Length, int SideInfo)
{
    public const int HeaderSize = 4;

    private static readonly int[] Rates1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] Rates2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] SampleRates = [44_100, 48_000, 32_000];

    /// <summary>The header that begins there; null when none does, or one of a rate that is not said.</summary>
    public static AudioFrame? Read(ReadOnlySpan<byte> at)
    {
        if (at.Length < HeaderSize || at[0] != 0xFF || (at[1] & 0xE6) != 0xE2)
            return null;
        var version = (at[1] >> 3) & 3;
        var rate = at[2] >> 4;
        var frequency = (at[2] >> 2) & 3;
        if (version == 1 || rate is 0 or 15 || frequency == 3)
            return null;

        // 3 is MPEG 1; 2 and 0 are MPEG 2 and 2.5, with half and a quarter of its sample rates, and half of its samples
        var first = version == 3;
        var bits = (first ? Rates1 : Rates2)[rate - 1] * 1000;
        var samples = first ? 1152 : 576;
        var sampleRate = SampleRates[frequency] >> (version switch { 3 => 0, 2 => 1, _ => 2 });
        var mono = at[3] >> 6 == 3;
        var sideInfo = (first, mono) switch { (true, false) => 32, (true, true) or (false, false) => 17, _ => 9 };
        return new(sampleRate, samples, bits, (samples / 8 * bits / sampleRate) + ((at[2] >> 1) & 1), sideInfo);
    }

    /// <summary>The type of what begins with frames of audio and nothing else that would tell it.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> head)
    {
        if (Read(head) is { } frame)
            return head.Length < frame.Length + HeaderSize || Read(head[frame.Length..]) is not null ? "audio/mpeg" : null;

        // ADTS (ISO/IEC 13818-7, 6.2): sync, layer 0, a sampling frequency that there is
        return head.Length >= 7 && head[0] == 0xFF && (head[1] & 0xF6) == 0xF0 && ((head[2] >> 2) & 15) < 13 ? "audio/aac" : null;
    }
}

/// <summary>The header of a WAVE file.</summary>
/// <param name="Format">How its samples are encoded.</param>
/// <param name="Channels">How many there are.</param>
/// <param name="SampleRate">Samples a second.</param>
/// <param name="BytesPerSecond">Bytes of all channels a second.</param>
/// <param name="BitsPerSample">Bits of a sample.</param>
/// <param name="DataAt">Where its samples begin.</param>
/// <param name="DataLength">How many bytes it says that they are.</param>
internal readonly record struct WaveHeader(
    int Format, int Channels, int SampleRate, long BytesPerSecond, int BitsPerSample, long DataAt, long DataLength)
{
    public const int Pcm = 1;
    public const int MuLaw = 7;

    private const int Extensible = 0xFFFE;

    /// <summary>Reads what begins so; null when its data does not begin in it or it makes no sense.</summary>
    public static WaveHeader? Read(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12 || !head.StartsWith("RIFF"u8) || !head[8..12].SequenceEqual("WAVE"u8))
            return null;
        WaveHeader? header = null;
        for (var at = 12L; at + 8 <= head.Length;)
        {
            var chunk = head[(int)at..];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("data"u8))
                return header is { } known ? known with { DataAt = at + 8, DataLength = length } : null;
            if (chunk.StartsWith("fmt "u8) && length >= 16 && chunk.Length >= 24)
                header = Format16(chunk[8..], length);
            at += 8 + length + (length & 1);
        }

        return null;
    }

    private static WaveHeader? Format16(ReadOnlySpan<byte> fmt, uint length)
    {
        int format = BinaryPrimitives.ReadUInt16LittleEndian(fmt);
        if (format == Extensible && length >= 26 && fmt.Length >= 26)
            format = BinaryPrimitives.ReadUInt16LittleEndian(fmt[24..]);
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(fmt[2..]);
        var rate = BinaryPrimitives.ReadInt32LittleEndian(fmt[4..]);
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(fmt[8..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(fmt[14..]);
        return channels > 0 && rate > 0 && bytes > 0 ? new(format, channels, rate, bytes, bits, 0, 0) : null;
    }
}

/// <summary>What may stand before MPEG audio: names and pictures (ID3v2, 3.1).</summary>
internal static class Id3Tag
{
    private const int Header = 10;

    /// <summary>How long the tag is that a file begins with: ten bytes, and the size of the rest in four bytes of seven bits
    /// each.</summary>
    public static long Length(ReadOnlySpan<byte> head) => head.Length >= Header && head.StartsWith("ID3"u8)
        ? Header + ((head[6] & 0x7F) << 21 | (head[7] & 0x7F) << 14 | (head[8] & 0x7F) << 7 | (head[9] & 0x7F))
        : 0;
}
