using System.Buffers.Binary;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>How long Opus or Vorbis in Ogg plays: the position that its last page says (RFC 3533, 6).</summary>
internal static class OggDuration
{
    private const int LargestPage = 65_307;
    private const int OpusRate = 48_000;
    private const int Position = 6;

    public static async Task<double?> SecondsAsync(Stream file, CancellationToken cancellation)
    {
        if (Rate(await AudioDuration.HeadAsync(file, 0, cancellation)) is not var (rate, skipped))
            return null;
        var from = Math.Max(0, file.Length - LargestPage);
        var end = await AudioDuration.HeadAsync(file, from, cancellation, LargestPage);
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
