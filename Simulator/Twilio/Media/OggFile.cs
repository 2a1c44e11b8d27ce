using System.Buffers.Binary;
using Switchboard.Simulator.Google;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// Opus in Ogg (RFC 7845): the two packets of the head, the words as a comment, then a packet each 20 ms. Of long ones, and
/// where there is no room for so many, there are fewer, with gaps between them: the last page says how long it lasts.
/// </summary>
internal sealed class OggFile : MediaFormat
{
    private const int SampleRate = 48_000;
    private const int PacketsPerSecond = 50;
    private const int MostPackets = 5000;
    private const int MostOnPage = 50;
    private const int MostPadding = 40_000;
    private const int SmallestPacket = 3;
    private const int LargestPacket = 60_000;

    protected override double BytesPerSecond => 4000;

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec)
    {
        yield return OggPage.Of(0, 0, OggPage.First, [Head()]);
        var words = SpokenWords.Mark(spec.Says);
        var left = spec.Size - OggPage.SizeOf(1, Head().Length) - OggPage.SizeOf(1, Tags(words, 0).Length);
        var all = Math.Max(1, Math.Min(Math.Min((long)(spec.Seconds * PacketsPerSecond), MostPackets), left / (SmallestPacket + 2)));
        var size = PacketSize(all, left);
        yield return OggPage.Of(1, 0, 0, [Tags(words, Padding(Tags(words, 0).Length, left - Total(all, size)))]);

        // speech at its best rate, in one frame, and padding
        var packet = new byte[size];
        packet[0] = 0x78;
        var samples = (long)(spec.Seconds * SampleRate);
        var perPage = PerPage(size);
        for (var (sequence, sent) = (2, 0L); sent < all; sequence++)
        {
            var count = (int)Math.Min(perPage, all - sent);
            sent += count;
            yield return OggPage.Of(
                sequence, samples * sent / all, sent == all ? OggPage.Last : (byte)0, [.. Enumerable.Repeat(packet, count)]);
        }
    }

    private static int PacketSize(long packets, long room)
    {
        var (low, high) = (SmallestPacket, LargestPacket);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Total(packets, middle) <= room ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private static long Total(long packets, int size)
    {
        var perPage = PerPage(size);
        var rest = (int)(packets % perPage);
        return (packets / perPage * OggPage.SizeOf(perPage, size)) + (rest == 0 ? 0 : OggPage.SizeOf(rest, size));
    }

    // as many as the 255 lengths in the head of a page allow
    private static int PerPage(int size) => Math.Min(MostOnPage, 255 / ((size / 255) + 1));

    // what is left over goes behind the comments, with the bytes that tell of its length
    private static int Padding(int tags, long left)
    {
        var padding = (int)Math.Clamp(left, 0, MostPadding);
        while (padding > 0 && OggPage.SizeOf(1, tags + padding) - OggPage.SizeOf(1, tags) > left)
        {
            padding--;
        }

        return padding;
    }

    private static byte[] Head()
    {
        byte[] head = [.. "OpusHead"u8, 1, 1, 0, 0, .. new byte[4], 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), SampleRate);
        return head;
    }

    private static byte[] Tags(byte[] words, int padding)
    {
        byte[] tags = [.. "OpusTags"u8, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, .. "SAYS="u8, .. words, .. new byte[padding]];
        BinaryPrimitives.WriteInt32LittleEndian(tags.AsSpan(16), 5 + words.Length);
        return tags;
    }
}

/// <summary>A page of Ogg (RFC 3533, 6): its head, the lengths of its packets in pieces of up to 255 bytes, and the packets.</summary>
internal static class OggPage
{
    public const byte First = 2;
    public const byte Last = 4;
    private const int HeadSize = 27;
    private static readonly uint[] Remainders = MakeRemainders();

    public static long SizeOf(int packets, int packetSize) =>
        HeadSize + (packets * ((packetSize / 255) + 1L)) + ((long)packets * packetSize);

    /// <param name="sequence">Its number.</param>
    /// <param name="granule">How many samples there are up to its end.</param>
    /// <param name="flags">Whether it is the first or the last.</param>
    /// <param name="packets">What is on it.</param>
    public static byte[] Of(int sequence, long granule, byte flags, byte[][] packets)
    {
        byte[] lengths = [.. packets.SelectMany(packet =>
            Enumerable.Repeat((byte)255, packet.Length / 255).Append((byte)(packet.Length % 255)))];
        var page = new byte[HeadSize + lengths.Length + packets.Sum(packet => packet.Length)];
        "OggS"u8.CopyTo(page);
        page[5] = flags;
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(6), granule);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(14), 1);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(18), sequence);
        page[26] = (byte)lengths.Length;
        lengths.CopyTo(page.AsSpan(HeadSize));
        var at = HeadSize + lengths.Length;
        foreach (var packet in packets)
        {
            packet.CopyTo(page.AsSpan(at));
            at += packet.Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(22), Checksum(page));
        return page;
    }

    // CRC-32 with the polynomial 04C11DB7, from the highest bit on
    private static uint Checksum(ReadOnlySpan<byte> page)
    {
        var sum = 0u;
        foreach (var value in page)
        {
            sum = (sum << 8) ^ Remainders[(sum >> 24) ^ value];
        }

        return sum;
    }

    private static uint[] MakeRemainders()
    {
        var remainders = new uint[256];
        for (var value = 0u; value < 256; value++)
        {
            var remainder = value << 24;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 0x8000_0000) == 0 ? remainder << 1 : (remainder << 1) ^ 0x04C1_1DB7;
            }

            remainders[value] = remainder;
        }

        return remainders;
    }
}
