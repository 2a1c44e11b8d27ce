namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>What may stand before MPEG audio: names and pictures (ID3v2, 3.1).</summary>
internal static class Id3Tag
{
    private const int Header = 10;

    /// <summary>How long the tag is that a file begins with: ten bytes, and the size of the rest in four bytes of seven bits each.</summary>
    public static long Length(ReadOnlySpan<byte> head) => head.Length >= Header && head.StartsWith("ID3"u8)
        ? Header + ((head[6] & 0x7F) << 21 | (head[7] & 0x7F) << 14 | (head[8] & 0x7F) << 7 | (head[9] & 0x7F))
        : 0;
}
