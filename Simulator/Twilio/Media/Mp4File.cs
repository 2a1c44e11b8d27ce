using System.Buffers.Binary;
using Switchboard.Simulator.Speech;

namespace Switchboard.Simulator.Twilio.Media;

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
