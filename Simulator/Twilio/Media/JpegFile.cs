using System.Buffers.Binary;

namespace Switchboard.Simulator.Twilio.Media;

/// <summary>A grey pixel behind as many comments as make up the size.</summary>
internal sealed class JpegFile : MediaFormat
{
    private const int LongestComment = 65_537;

    private static readonly byte[] Start = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    // a table of quantisers, the frame, a table of codes each for DC and AC, and the two codes of the picture
    private static readonly byte[] Picture =
    [
        0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64),
        0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0,
        0xFF, 0xC4, 0, 20, 0x00, 1, .. new byte[15], 0,
        0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0,
        0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x3F,
        0xFF, 0xD9,
    ];

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec)
    {
        yield return Start;
        for (var left = spec.Size - Start.Length - Picture.Length; left >= 4;)
        {
            // no rest that is too short for a comment of its own
            var length = (int)Math.Min(left - LongestComment is > 0 and < 4 ? left - 4 : left, LongestComment);
            var head = new byte[] { 0xFF, 0xFE, 0, 0 };
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)(length - 2));
            yield return head;
            foreach (var piece in Filler.Of(length - head.Length))
            {
                yield return piece;
            }

            left -= length;
        }

        yield return Picture;
    }
}
