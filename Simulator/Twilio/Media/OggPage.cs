using System.Buffers.Binary;

namespace Switchboard.Simulator.Twilio.Media;

/// <summary>A page of Ogg (RFC 3533, 6): its head, the lengths of its packets in pieces of up to 255 bytes, and the packets.</summary>
internal static class OggPage
{
    public const byte First = 2;
    public const byte Last = 4;
    private const int HeadSize = 27;
    private static readonly uint[] Remainders = MakeRemainders();

    public static long SizeOf(int packets, int packetSize) => HeadSize + (packets * ((packetSize / 255) + 1L)) + ((long)packets * packetSize);

    /// <param name="sequence">Its number.</param>
    /// <param name="granule">How many samples there are up to its end.</param>
    /// <param name="flags">Whether it is the first or the last.</param>
    /// <param name="packets">What is on it.</param>
    public static byte[] Of(int sequence, long granule, byte flags, byte[][] packets)
    {
        byte[] lengths = [.. packets.SelectMany(packet => Enumerable.Repeat((byte)255, packet.Length / 255).Append((byte)(packet.Length % 255)))];
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
