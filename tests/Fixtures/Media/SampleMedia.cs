using System.Buffers.Binary;
using System.Text;

namespace Switchboard.Tests.Fixtures;

/// <summary>Files as small as they can be of each type that the media library takes: headers, and nothing to see.</summary>
internal static class SampleMedia
{
    public static byte[] Png(int width, int height, int padding = 0) =>
    [
        0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, .. Int(width), .. Int(height), 8, 6, 0, 0, 0, 0, 0, 0, 0, .. new byte[padding],
    ];

    public static byte[] Gif(int width, int height) => [.. "GIF89a"u8, .. Little(width), .. Little(height), 0, 0, 0, 0x3B];

    // with a segment before the frame, as cameras put it there
    public static byte[] Jpeg(int width, int height) =>
    [
        0xFF, 0xD8, 0xFF, 0xE1, 0, 10, .. "Exif\0\0MM"u8, 0xFF, 0xFF, 0xC2, 0, 17, 8, .. Big(height), .. Big(width), 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
        0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0xFF, 0xD9,
    ];

    public static byte[] WebP(string chunk, int width, int height)
    {
        byte[] data = chunk switch
        {
            "VP8X" => [0, 0, 0, 0, .. Three(width - 1), .. Three(height - 1)],
            "VP8L" => [0x2F, .. BitConverter.GetBytes((width - 1) | (height - 1) << 14), 0, 0, 0, 0, 0],
            _ => [0x30, 0x01, 0x00, 0x9D, 0x01, 0x2A, .. Little(width), .. Little(height)],
        };
        return [.. "RIFF"u8, .. BitConverter.GetBytes(12 + data.Length), .. "WEBP"u8, .. Encoding.ASCII.GetBytes(chunk), .. BitConverter.GetBytes(data.Length), .. data];
    }

    /// <summary>A video: its header after its content, as cameras write it.</summary>
    public static byte[] Video(string brand, int width, int height, uint milliseconds, bool isOnItsSide = false, bool isLong = false) =>
    [
        .. Box("ftyp", [.. Encoding.ASCII.GetBytes(brand), 0, 0, 2, 0, .. "isomiso2"u8]),
        .. Box("mdat", new byte[100]),
        .. Box(
            "moov",
            [
                .. Box("mvhd", Header(isLong, milliseconds)),
                .. Box("trak", Box("tkhd", Track(isLong, 0, 0, false))),
                .. Box("trak", [.. Box("edts", []), .. Box("tkhd", Track(isLong, width, height, isOnItsSide))]),
            ]),
    ];

    public static byte[] Box(string type, byte[] content) => [.. Int(8 + content.Length), .. Encoding.ASCII.GetBytes(type), .. content];

    private static byte[] Header(bool isLong, uint milliseconds) => isLong
        ? [1, 0, 0, 0, .. new byte[16], .. Int(1000), 0, 0, 0, 0, .. Int((int)milliseconds), .. new byte[80]]
        : [0, 0, 0, 0, .. new byte[8], .. Int(1000), .. Int((int)milliseconds), .. new byte[80]];

    private static byte[] Track(bool isLong, int width, int height, bool isOnItsSide)
    {
        byte[] matrix = isOnItsSide
            ? [.. Int(0), .. Int(0x10000), .. Int(0), .. Int(-0x10000), .. Int(0), .. Int(0), .. Int(0), .. Int(0), .. Int(0x40000000)]
            : [.. Int(0x10000), .. Int(0), .. Int(0), .. Int(0), .. Int(0x10000), .. Int(0), .. Int(0), .. Int(0), .. Int(0x40000000)];
        return [isLong ? (byte)1 : (byte)0, 0, 0, 7, .. new byte[isLong ? 48 : 36], .. matrix, .. Int(width << 16), .. Int(height << 16)];
    }

    private static byte[] Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Big(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Little(int value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Three(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
}
