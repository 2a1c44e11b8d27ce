using Switchboard.Simulator.Google;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// AMR as it is stored (RFC 4867, 5): frames of 20 ms each, of speech at the best rate as long as there is room for them, then comfort
/// noise, then nothing at all. A file that is too large for its time is longer: there are no frames without time.
/// </summary>
/// <param name="magic">How the file begins.</param>
/// <param name="speech">The type of a frame of speech, and its size with its head.</param>
/// <param name="comfortNoise">The type of a frame of comfort noise.</param>
internal sealed class AmrFile(ReadOnlySpan<byte> magic, (int Type, int Size) speech, int comfortNoise) : MediaFormat
{
    private const int FramesPerSecond = 50;
    private const int ComfortNoiseSize = 6;
    private const int NoData = 15;
    private readonly byte[] _magic = magic.ToArray();

    protected override double BytesPerSecond => FramesPerSecond * speech.Size;

    public override long UsualSize(double seconds, string? says) => _magic.Length + (Frames(seconds) * speech.Size);

    public override double SecondsOf(NewMedia media) => media switch
    {
        { SizeBytes: { } size, Seconds: null } => Math.Max(0, size - _magic.Length) / BytesPerSecond,
        { SizeBytes: { } size } => Math.Max(media.Seconds.Value, Math.Max(0, size - _magic.Length) / BytesPerSecond),
        _ => base.SecondsOf(media),
    };

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec)
    {
        yield return _magic;
        var left = spec.Size - _magic.Length;
        var frames = Frames(spec.Seconds);

        // each frame takes at least a byte, those of speech and noise so many more
        var more = left - frames;
        var talking = Math.Clamp(more / (speech.Size - 1), 0, frames);
        var words = SpokenWords.Mark(spec.Says);
        for (var number = 0L; number < talking; number++)
        {
            yield return Frame(speech.Type, speech.Size, ref words);
        }

        more -= talking * (speech.Size - 1);
        for (var number = Math.Min(more / (ComfortNoiseSize - 1), frames - talking); number > 0; number--)
        {
            yield return Frame(comfortNoise, ComfortNoiseSize, ref words);
        }

        // what no frame fits into is frames of one byte
        var silence = new byte[1024];
        silence.AsSpan().Fill(Head(NoData));
        for (; left > 0; left -= silence.Length)
        {
            yield return silence;
        }
    }

    private static long Frames(double seconds) => (long)Math.Round(seconds * FramesPerSecond);

    private static byte Head(int type) => (byte)((type << 3) | 0x04);

    // what is said goes through the frames, a piece in each
    private static byte[] Frame(int type, int size, ref byte[] words)
    {
        var frame = new byte[size];
        frame[0] = Head(type);
        var piece = words.AsSpan(0, Math.Min(words.Length, size - 1));
        piece.CopyTo(frame.AsSpan(1));
        words = words[piece.Length..];
        return frame;
    }
}
