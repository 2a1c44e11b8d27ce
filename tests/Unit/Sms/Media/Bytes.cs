using System.Buffers.Binary;
using System.Text;

namespace Switchboard.Tests.Unit.Sms.Media;

/// <summary>Files, byte by byte.</summary>
internal sealed class Bytes
{
    private readonly List<byte> _bytes = [];

    public static byte[] Of(params object[] parts) => parts.Aggregate(new Bytes(), (bytes, part) => bytes.Add(part)).ToArray();

    /// <summary>Text as ASCII, numbers of 32 bits as big-endian.</summary>
    public Bytes Add(object part)
    {
        switch (part)
        {
            case string text:
                _bytes.AddRange(Encoding.Latin1.GetBytes(text));
                break;
            case byte[] bytes:
                _bytes.AddRange(bytes);
                break;
            case int number:
                Span<byte> big = stackalloc byte[4];
                BinaryPrimitives.WriteInt32BigEndian(big, number);
                _bytes.AddRange(big);
                break;
            default:
                throw new ArgumentException($"What is a {part.GetType()}?", nameof(part));
        }

        return this;
    }

    public static byte[] Little(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    public static byte[] Short(int number) => Little(number)[..2];

    public static byte[] Wav(int sampleRate, int channels, int bits, int format, int dataLength, int? saidLength = null)
    {
        var bytesPerSecond = sampleRate * channels * bits / 8;
        return Of(
            "RIFF", Little(36 + dataLength), "WAVE", "LIST", Little(4), "INFO", "fmt ", Little(16), Short(format), Short(channels),
            Little(sampleRate), Little(bytesPerSecond), Short(channels * bits / 8), Short(bits), "data", Little(saidLength ?? dataLength),
            new byte[dataLength]);
    }

    public static byte[] OggOpus(int inputRate, int skipped, long lastPosition) => Of(
        Page(0, Of("OpusHead", new byte[] { 1, 1 }, Short(skipped), Little(inputRate), new byte[3])),
        Page(0, Of("OpusTags", new byte[100])),
        Page(lastPosition, new byte[200]),
        // no packet ends on it
        Page(-1, new byte[10]));

    public static byte[] Page(long position, byte[] content)
    {
        var at = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(at, position);
        return Of("OggS", new byte[2], at, new byte[12], new byte[] { 1, (byte)content.Length }, content);
    }

    /// <summary>Frames of MPEG 1, layer III, 128 kbit/s, 44.1 kHz, stereo: 417 bytes, 26 ms each.</summary>
    public static byte[] Mp3(int frames, byte[]? firstContent = null)
    {
        var all = new Bytes();
        for (var i = 0; i < frames; i++)
        {
            var frame = new byte[417];
            new byte[] { 0xFF, 0xFB, 0x90, 0x00 }.CopyTo(frame, 0);
            if (i == 0)
                firstContent?.CopyTo(frame, 36);
            all.Add(frame);
        }

        return all.ToArray();
    }

    public static byte[] Amr(int frames) =>
        Enumerable.Range(0, frames).Aggregate(new Bytes().Add("#!AMR\n"), (all, i) => all.Add(Frame((byte)(i % 2 == 0 ? 0x3C : 0x44), i % 2 == 0 ? 32 : 6))).ToArray();

    public static byte[] Mp4(string brand, int timeScale, int duration) => Of(
        24, "ftyp", brand, 0, brand, "isom",
        12, "free", 0,
        16 + 108, "moov",
        108, "mvhd", 0, 0, 0, timeScale, duration, new byte[80],
        8, "xxxx");

    public byte[] ToArray() => [.. _bytes];

    private static byte[] Frame(byte header, int length)
    {
        var frame = new byte[length];
        frame[0] = header;
        return frame;
    }
}
