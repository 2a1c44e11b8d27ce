namespace Switchboard.Simulator.Speech;

/// <summary>How long MP3 lasts, by the rate of its first frame.</summary>
internal static class Mp3Frames
{
    private static readonly int[] Mpeg1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    private static readonly int[] Mpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

    public static bool IsHead(ReadOnlySpan<byte> bytes) => bytes.Length >= 3 && bytes[0] == 0xFF && (bytes[1] & 0xE6) == 0xE2;

    /// <param name="head">The beginning of the file.</param>
    /// <param name="length">Its whole length.</param>
    public static double Seconds(ReadOnlySpan<byte> head, long length)
    {
        var tag = head.Length > 10 && head.StartsWith("ID3"u8) ? 10 + (head[6] << 21) + (head[7] << 14) + (head[8] << 7) + head[9] : 0;

        // behind a tag that is larger than what was kept the usual rate has to do
        var frame = tag < head.Length ? head[tag..] : [];
        var kilobits = !IsHead(frame) ? 0 : ((frame[1] & 0x08) == 0 ? Mpeg2 : Mpeg1)[frame[2] >> 4];
        return Math.Max(0, length - tag) * 8 / (1000.0 * (kilobits == 0 ? 64 : kilobits));
    }
}
