using System.Buffers.Binary;
using Switchboard.Simulator.Google;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// Samples of 16 bits on one channel, silent but for the words; so many a second that they fill the file in the time that it lasts.
/// What is more than 48,000 a second can take is in a separate chunk behind them.
/// </summary>
internal sealed class WavFile : MediaFormat
{
    private const int HeadSize = 44;
    private const int SampleSize = 2;
    private const int UsualRate = 16_000;
    private const int HighestRate = 48_000;

    protected override double BytesPerSecond => UsualRate * SampleSize;

    public override long UsualSize(double seconds, string? says) => HeadSize + ((long)(seconds * UsualRate) * SampleSize);

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec)
    {
        var room = Math.Max(0, spec.Size - HeadSize);
        var rate = spec.Seconds > 0 ? (int)Math.Clamp(room / SampleSize / spec.Seconds, 1, HighestRate) : UsualRate;
        var samples = Math.Min(room, (long)(rate * spec.Seconds) * SampleSize);
        var rest = room - samples;
        if (rest < 8 + SampleSize)
        {
            (samples, rest) = (room, 0);
        }

        var words = SpokenWords.Mark(spec.Says).AsMemory();
        words = words[..(int)Math.Min(words.Length, samples)];
        return new ReadOnlyMemory<byte>[] { Head(spec.Size, rate, samples), words }
            .Concat(Filler.Silence(samples - words.Length))
            .Concat(rest == 0 ? [] : Filler.Silence(rest - 8).Prepend(Chunk("JUNK"u8, rest - 8)));
    }

    private static byte[] Head(long size, int rate, long samples)
    {
        byte[] head =
        [
            .. Chunk("RIFF"u8, size - 8), .. "WAVE"u8,
            .. Chunk("fmt "u8, 16), 1, 0, 1, 0, .. new byte[8], SampleSize, 0, 8 * SampleSize, 0,
            .. Chunk("data"u8, samples),
        ];
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(28), rate * SampleSize);
        return head;
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, long size)
    {
        byte[] chunk = [.. name, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(4), (uint)size);
        return chunk;
    }
}
