using System.Buffers.Binary;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>How long MP4, M4A and 3GP play: the box <c>mvhd</c> in the box <c>moov</c> (ISO/IEC 14496-12, 8.2.2).</summary>
internal static class Mp4Duration
{
    private const int BoxHeader = 8;
    private const int LargeBoxHeader = 16;
    private const int MostBoxes = 1_000;
    private const int MovieHeader = 36;

    public static async Task<double?> SecondsAsync(Stream file, CancellationToken cancellationToken)
    {
        if (await FindAsync(file, "moov", 0, file.Length, cancellationToken) is not var (start, end)
            || await FindAsync(file, "mvhd", start, end, cancellationToken) is not var (header, _))
            return null;
        return Seconds(await AudioDuration.HeadAsync(file, header, cancellationToken, MovieHeader));
    }

    // version 1 has times of 64 bits: two of them, the time scale, the duration
    private static double? Seconds(ReadOnlySpan<byte> header)
    {
        if (header.Length < MovieHeader)
            return null;
        var (scale, duration) = header[0] == 1
            ? (BinaryPrimitives.ReadUInt32BigEndian(header[20..]), BinaryPrimitives.ReadUInt64BigEndian(header[24..]))
            : (BinaryPrimitives.ReadUInt32BigEndian(header[12..]), BinaryPrimitives.ReadUInt32BigEndian(header[16..]));
        // 0 or all ones: fragments, whose length is not said here
        return scale == 0 || duration is 0 or uint.MaxValue or ulong.MaxValue ? null : (double)duration / scale;
    }

    /// <summary>Where the content of the first box of a type begins and ends, among those of one level.</summary>
    private static async Task<(long Start, long End)?> FindAsync(
        Stream file, string type, long from, long end, CancellationToken cancellationToken)
    {
        for (var boxes = 0; boxes < MostBoxes && from + BoxHeader <= end; boxes++)
        {
            var header = await AudioDuration.HeadAsync(file, from, cancellationToken, LargeBoxHeader);
            if (Content(header, from, end) is not var (start, next))
                return null;
            if (System.Text.Ascii.Equals(header.AsSpan(4, 4), type))
                return (start, next);
            from = next;
        }

        return null;
    }

    // 1: the size follows in 64 bits; 0: up to the end
    private static (long Start, long Next)? Content(ReadOnlySpan<byte> header, long from, long end)
    {
        if (header.Length < BoxHeader)
            return null;
        long size = BinaryPrimitives.ReadUInt32BigEndian(header);
        var start = from + BoxHeader;
        if (size == 0)
            size = end - from;
        else if (size == 1 && header.Length >= LargeBoxHeader)
            (size, start) = ((long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(header[8..]), long.MaxValue / 2), from + LargeBoxHeader);
        return from + size < start || from + size > end ? null : (start, from + size);
    }
}

/// <summary>How long Opus or Vorbis in Ogg plays: the position that its last page says (RFC 3533, 6).</summary>
internal static class OggDuration
{
    private const int LargestPage = 65_307;
    private const int OpusRate = 48_000;
    private const int Position = 6;

    public static async Task<double?> SecondsAsync(Stream file, CancellationToken cancellationToken)
    {
        if (Rate(await AudioDuration.HeadAsync(file, 0, cancellationToken)) is not var (rate, skipped))
            return null;
        var from = Math.Max(0, file.Length - LargestPage);
        var end = await AudioDuration.HeadAsync(file, from, cancellationToken, LargestPage);
        return LastPosition(end) is { } last and > 0 ? Math.Max(0, last - skipped) / (double)rate : null;
    }

    // Opus counts in 48,000ths of a second whatever its rate, and says how many of the first are not played
    private static (int Rate, int Skipped)? Rate(ReadOnlySpan<byte> head)
    {
        var opus = head.IndexOf("OpusHead"u8);
        if (opus >= 0 && head.Length >= opus + 12)
            return (OpusRate, BinaryPrimitives.ReadUInt16LittleEndian(head[(opus + 10)..]));
        var vorbis = head.IndexOf("\x01vorbis"u8);
        if (vorbis < 0 || head.Length < vorbis + 16)
            return null;
        var rate = BinaryPrimitives.ReadInt32LittleEndian(head[(vorbis + 12)..]);
        return rate > 0 ? (rate, 0) : null;
    }

    private static long? LastPosition(ReadOnlySpan<byte> end)
    {
        while (end.LastIndexOf("OggS\0"u8) is >= 0 and var at)
        {
            // -1: no packet ends on that page
            if (end.Length >= at + Position + 8 && BinaryPrimitives.ReadInt64LittleEndian(end[(at + Position)..]) is >= 0 and var position)
                return position;
            end = end[..at];
        }

        return null;
    }
}
