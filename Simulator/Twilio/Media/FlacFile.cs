using System.Buffers.Binary;
using Switchboard.Simulator.Google;

namespace Switchboard.Simulator.Twilio;

/// <summary>The blocks that are in front of the samples: how long it lasts, the words as a comment, and padding up to the size.</summary>
internal sealed class FlacFile : MediaFormat
{
    private const int SampleRate = 16_000;
    private const int LongestBlock = 0xFF_FFFF;

    protected override double BytesPerSecond => SampleRate;

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec)
    {
        byte[] head = [.. "fLaC"u8, .. Block(0, isLast: false, 34), .. StreamInfo(spec.Seconds)];
        yield return head;
        var words = SpokenWords.Mark(spec.Says);
        byte[] comment = [.. Little("Switchboard".Length), .. "Switchboard"u8, .. Little(1), .. Little(5 + words.Length), .. "SAYS="u8,
            .. words];
        yield return (byte[])[.. Block(4, isLast: false, comment.Length), .. comment];

        for (var left = spec.Size - head.Length - comment.Length - 4; left >= 4;)
        {
            var padding = (int)Math.Min(left - 4, left - 4 - LongestBlock is > 0 and < 4 ? LongestBlock - 4 : LongestBlock);
            left -= 4 + padding;
            yield return Block(1, isLast: left < 4, padding);
            foreach (var piece in Filler.Silence(padding))
            {
                yield return piece;
            }
        }
    }

    // blocks of 4,096 samples, on one channel, of 16 bits
    private static byte[] StreamInfo(double seconds)
    {
        var info = new byte[34];
        BinaryPrimitives.WriteUInt16BigEndian(info, 4096);
        BinaryPrimitives.WriteUInt16BigEndian(info.AsSpan(2), 4096);
        var samples = (ulong)(seconds * SampleRate);
        BinaryPrimitives.WriteUInt64BigEndian(info.AsSpan(10), ((ulong)SampleRate << 44) | (15UL << 36) | samples);
        return info;
    }

    private static byte[] Block(byte type, bool isLast, int length) =>
        [(byte)(isLast ? type | 0x80 : type), (byte)(length >> 16), (byte)(length >> 8), (byte)length];

    private static byte[] Little(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
