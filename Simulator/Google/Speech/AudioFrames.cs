namespace Switchboard.Simulator.Google;

/// <summary>Counts the frames of AMR as they go by: each lasts 20 ms, and its first byte says how long it is.</summary>
internal sealed class AmrFrames(int magic, byte[] sizes)
{
    private const int Kept = 16 * 1024;
    private const double FrameSeconds = 0.02;

    // with the head of one byte, by the type of the frame; 0 for those that there are not
    private static readonly byte[] NarrowBand = [13, 14, 16, 18, 20, 21, 27, 32, 6, 7, 6, 6, 0, 0, 0, 1];
    private static readonly byte[] WideBand = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1];
    private readonly byte[] _payload = new byte[Kept];
    private int _payloadLength;
    private int _skip = magic;
    private int _inFrame;
    private long _frames;

    public double Seconds => _frames * FrameSeconds;

    /// <summary>The beginning of what is in the frames, without their heads.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _payloadLength);

    public static AmrFrames? Of(AudioFormat format) => format switch
    {
        AudioFormat.Amr => new AmrFrames("#!AMR\n".Length, NarrowBand),
        AudioFormat.AmrWb => new AmrFrames("#!AMR-WB\n".Length, WideBand),
        _ => null,
    };

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_skip > 0)
            {
                var skipped = Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
            }
            else if (_inFrame > 0)
            {
                var part = bytes[..Math.Min(_inFrame, bytes.Length)];
                Keep(part);
                _inFrame -= part.Length;
                bytes = bytes[part.Length..];
            }
            else
            {
                var size = sizes[(bytes[0] >> 3) & 15];
                (_inFrame, _frames) = (Math.Max(0, size - 1), _frames + 1);
                bytes = bytes[1..];
            }
        }
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        part = part[..Math.Min(part.Length, Kept - _payloadLength)];
        part.CopyTo(_payload.AsSpan(_payloadLength));
        _payloadLength += part.Length;
    }
}

/// <summary>How long MP3 lasts, by the rate of its first frame.</summary>
internal static class Mp3Frames
{
    private static readonly int[] Mpeg1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    private static readonly int[] Mpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

    public static bool IsHead(ReadOnlySpan<byte> bytes) => bytes.Length >= 3 && bytes[0] == 0xFF && (bytes[1] & 0xE6) == 0xE2;

    /// <summary>How long the tag is that a file may begin with: ten bytes, and as many as four bytes of seven bits each say.</summary>
    public static long TagLength(ReadOnlySpan<byte> head) =>
        head.Length > 10 && head.StartsWith("ID3"u8) ? 10 + (head[6] << 21) + (head[7] << 14) + (head[8] << 7) + head[9] : 0;

    /// <param name="frame">The head of the first frame.</param>
    /// <param name="length">The length of all frames.</param>
    public static double Seconds(ReadOnlySpan<byte> frame, long length)
    {
        var kilobits = !IsHead(frame) ? 0 : ((frame[1] & 0x08) == 0 ? Mpeg2 : Mpeg1)[frame[2] >> 4];
        return kilobits == 0 ? 0 : Math.Max(0, length) * 8 / (1000.0 * kilobits);
    }
}
