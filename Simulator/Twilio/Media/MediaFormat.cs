namespace Switchboard.Simulator.Twilio;

/// <summary>How files of a type are made.</summary>
internal abstract class MediaFormat
{
    private const double UsualSeconds = 3;

    /// <summary>Bytes a second of audio; 0 for what is none.</summary>
    protected virtual double BytesPerSecond => 0;

    /// <summary>The size of a file that nobody gave one.</summary>
    protected virtual long UsualBytes => 50_000;

    /// <summary>
    /// The file from its first byte on. It may be longer or shorter than its size: it is cut there, or noise follows.
    /// A format sees to it that nothing of that sort happens to files of a size that it can have.
    /// </summary>
    public abstract IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec);

    public virtual long UsualSize(double seconds, string? says) =>
        BytesPerSecond == 0 ? UsualBytes : 1000 + (says?.Length * 4 ?? 0) + (long)(seconds * BytesPerSecond);

    /// <summary>How long a file lasts.</summary>
    public virtual double SecondsOf(NewMedia media) => BytesPerSecond == 0 ? 0 : media.Seconds ?? UsualSeconds;
}

/// <summary>The formats by their content types.</summary>
internal static class MediaFormats
{
    private static readonly SoleBytes Other = new(""u8);
    private static readonly TextFile PlainText = new("", "");

    private static readonly Dictionary<string, MediaFormat> ByType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["image/png"] = new SoleBytes(Pictures.Png),
        ["image/gif"] = new SoleBytes(Pictures.Gif),
        ["image/webp"] = new SoleBytes(Pictures.Webp),
        ["image/bmp"] = new SoleBytes("BM"u8),
        ["image/jpeg"] = new JpegFile(),
        ["image/jpg"] = new JpegFile(),
        ["video/mp4"] = new Mp4File("isom"u8, isAudio: false),
        ["video/3gpp"] = new Mp4File("3gp4"u8, isAudio: false),
        ["video/quicktime"] = new Mp4File("qt  "u8, isAudio: false),
        ["audio/mp4"] = new Mp4File("M4A "u8, isAudio: true),
        ["audio/x-m4a"] = new Mp4File("M4A "u8, isAudio: true),
        ["audio/3gpp"] = new Mp4File("3gp4"u8, isAudio: true),
        ["audio/wav"] = new WavFile(),
        ["audio/wave"] = new WavFile(),
        ["audio/x-wav"] = new WavFile(),
        ["audio/vnd.wave"] = new WavFile(),
        ["audio/amr"] = new AmrFile("#!AMR\n"u8, speech: (7, 32), comfortNoise: 8),
        ["audio/amr-nb"] = new AmrFile("#!AMR\n"u8, speech: (7, 32), comfortNoise: 8),
        ["audio/amr-wb"] = new AmrFile("#!AMR-WB\n"u8, speech: (8, 61), comfortNoise: 9),
        ["audio/ogg"] = new OggFile(),
        ["audio/opus"] = new OggFile(),
        ["application/ogg"] = new OggFile(),
        ["audio/mpeg"] = new Mp3File(),
        ["audio/mp3"] = new Mp3File(),
        ["audio/flac"] = new FlacFile(),
        ["audio/x-flac"] = new FlacFile(),
        ["application/pdf"] = new PdfFile(),
        ["text/plain"] = PlainText,
        ["text/vcard"] = TextFile.VCard,
        ["text/x-vcard"] = TextFile.VCard,
        ["text/html"] = new TextFile("<!DOCTYPE html>\n<html><head><title>A page</title></head><body>\n", "</body></html>\n"),
        ["application/x-msdownload"] = new SoleBytes("MZ"u8),
        ["application/zip"] = new SoleBytes("PK\x03\x04"u8),
    };

    /// <summary>Parameters of a type do not count; a type that is not known is noise.</summary>
    public static MediaFormat Of(string contentType)
    {
        var type = contentType.Split(';', 2)[0].Trim();
        return ByType.TryGetValue(type, out var format) ? format
            : type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? PlainText
            : Other;
    }
}

/// <summary>Bytes that mean nothing, shared by all files.</summary>
internal static class Filler
{
    private const int BlockSize = 64 * 1024;
    private static readonly byte[] Noise = MakeNoise();
    private static readonly byte[] Zeros = new byte[BlockSize];
    private static readonly byte[] Prose = MakeProse();

    public static IEnumerable<ReadOnlyMemory<byte>> Forever
    {
        get
        {
            while (true)
            {
                yield return Noise;
            }
        }
    }

    /// <summary>Noise, as what is compressed looks.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(long size) => Of(Noise, size);

    /// <summary>Zeros: silence, or padding.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Silence(long size) => Of(Zeros, size);

    /// <summary>Lines of ASCII.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Text(long size) => Of(Prose, size);

    private static IEnumerable<ReadOnlyMemory<byte>> Of(byte[] block, long size)
    {
        for (; size > 0; size -= BlockSize)
        {
            yield return block.AsMemory(0, (int)Math.Min(size, BlockSize));
        }
    }

    private static byte[] MakeNoise()
    {
        var noise = new byte[BlockSize];
        new Random(1).NextBytes(noise);
        // no 0xFF, which begins a marker in more than one format
        noise.AsSpan().Replace((byte)0xFF, (byte)0xFE);
        return noise;
    }

    private static byte[] MakeProse()
    {
        var line = "The quick brown fox jumps over the lazy dog and runs on to the bank of the river.\r\n"u8;
        var prose = new byte[BlockSize];
        for (var at = 0; at < prose.Length; at += line.Length)
        {
            var rest = prose.AsSpan(at);
            line[..Math.Min(line.Length, rest.Length)].CopyTo(rest);
        }

        return prose;
    }
}
