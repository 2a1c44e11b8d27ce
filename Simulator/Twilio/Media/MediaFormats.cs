namespace Switchboard.Simulator.Twilio.Media;

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
