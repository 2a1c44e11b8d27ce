using System.Buffers.Binary;

namespace Switchboard.Workers.Ingest.Sms.Speech;

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
