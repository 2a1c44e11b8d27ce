using System.Buffers.Binary;
using Switchboard.Simulator.Speech;

namespace Switchboard.Simulator.Twilio.Media;

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
        return (packets / perPage * OggPage.SizeOf(perPage, size)) + (packets % perPage == 0 ? 0 : OggPage.SizeOf((int)(packets % perPage), size));
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
