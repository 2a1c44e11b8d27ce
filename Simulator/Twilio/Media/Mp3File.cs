using Switchboard.Simulator.Google;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// Frames of silence of 24 ms each (MPEG-1 at 48 kHz, or MPEG-2 at 24 kHz for the low rates): then a frame has three bytes for each
/// kilobit a second. The words, and what is left over, are in an ID3 tag in front.
/// </summary>
internal sealed class Mp3File : MediaFormat
{
    private const double FrameSeconds = 0.024;
    private const int UsualKilobits = 64;
    private const int TagHead = 20;

    // MPEG-2 layer III and its rates, then MPEG-1 and those that only it has
    private static readonly (int Kilobits, byte Version, byte Rate)[] Rates =
    [
        (8, 0xF3, 0x14), (16, 0xF3, 0x24), (24, 0xF3, 0x34), (32, 0xF3, 0x44), (40, 0xF3, 0x54), (48, 0xF3, 0x64), (56, 0xF3, 0x74),
        (64, 0xF3, 0x84), (80, 0xF3, 0x94), (96, 0xF3, 0xA4), (112, 0xF3, 0xB4), (128, 0xF3, 0xC4), (144, 0xF3, 0xD4), (160, 0xF3, 0xE4),
        (192, 0xFB, 0xB4), (224, 0xFB, 0xC4), (256, 0xFB, 0xD4), (320, 0xFB, 0xE4),
    ];

    protected override double BytesPerSecond => UsualKilobits * 1000 / 8;

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec)
    {
        var words = SpokenWords.Mark(spec.Says);
        var frames = (long)Math.Round(spec.Seconds / FrameSeconds);
        var room = Math.Max(0, spec.Size - TagHead - words.Length);
        var (kilobits, version, rate) = Rates.LastOrDefault(one => one.Kilobits * 3 * frames <= room, Rates[0]);
        var frame = new byte[kilobits * 3];
        (frame[0], frame[1], frame[2], frame[3]) = (0xFF, version, rate, 0xC0);
        frames = Math.Min(frames, room / frame.Length);

        var padding = room - (frames * frame.Length);
        yield return Tag(words, padding);
        foreach (var piece in Filler.Silence(padding))
        {
            yield return piece;
        }

        for (; frames > 0; frames--)
        {
            yield return frame;
        }
    }

    // a tag of version 2.3 with one private frame; the sizes of tags have 7 bits in a byte, those of frames all 8
    private static byte[] Tag(byte[] words, long padding) =>
        [.. "ID3"u8, 3, 0, 0, .. Sized(10 + words.Length + padding, 7), .. "PRIV"u8, .. Sized(words.Length, 8), 0, 0, .. words];

    private static byte[] Sized(long size, int bits) =>
        [.. Enumerable.Range(0, 4).Select(index => (byte)((size >> ((3 - index) * bits)) & ((1 << bits) - 1)))];
}
