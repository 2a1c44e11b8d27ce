using System.Buffers.Binary;
using Switchboard.Simulator.Google;

namespace Switchboard.Simulator.Twilio;

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
            // no rest that is too short for another comment
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

/// <summary>Boxes of ISO 14496-12: what kind of file it is, and one that is free to be anything. No film: nobody plays it.</summary>
internal sealed class Mp4File(ReadOnlySpan<byte> brand, bool isAudio) : MediaFormat
{
    private readonly byte[] _type = [0, 0, 0, 24, .. "ftyp"u8, .. brand, 0, 0, 2, 0, .. brand, .. "mp42"u8];

    protected override double BytesPerSecond => isAudio ? 8000 : 0;

    protected override long UsualBytes => 500_000;

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec)
    {
        var left = Math.Max(16, spec.Size - _type.Length);
        var free = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(free, 1); // its size has eight bytes
        "mdat"u8.CopyTo(free.AsSpan(4));
        BinaryPrimitives.WriteInt64BigEndian(free.AsSpan(8), left);
        return [_type, free, SpokenWords.Mark(spec.Says)];
    }
}

/// <summary>Files that are a few bytes, whole, with noise behind their end, which whoever reads them passes over.</summary>
internal sealed class SoleBytes(ReadOnlySpan<byte> bytes) : MediaFormat
{
    private readonly byte[] _bytes = bytes.ToArray();

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec) => [_bytes];
}

/// <summary>Pictures of one pixel.</summary>
internal static class Pictures
{
    public static ReadOnlySpan<byte> Png => Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    public static ReadOnlySpan<byte> Gif => Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static ReadOnlySpan<byte> Webp => Convert.FromBase64String("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
}
