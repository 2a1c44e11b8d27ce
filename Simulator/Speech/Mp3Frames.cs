namespace Switchboard.Simulator.Speech;

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
