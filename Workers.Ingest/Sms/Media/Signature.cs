namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>Bytes by which a type is known.</summary>
/// <param name="Type">The type.</param>
/// <param name="Bytes">What the file begins with.</param>
/// <param name="Offset">And at <paramref name="Offset"/>, if there is more.</param>
/// <param name="More">What is there.</param>
internal sealed record Signature(string Type, byte[] Bytes, int Offset = 0, byte[]? More = null)
{
    /// <summary>Those of the types that are known by a few bytes; each file has at most one.</summary>
    public static IReadOnlyList<Signature> All { get; } =
    [
        new("image/jpeg", [0xFF, 0xD8, 0xFF]),
        new("image/png", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A]),
        new("image/gif", [.. "GIF87a"u8]),
        new("image/gif", [.. "GIF89a"u8]),
        new("image/webp", [.. "RIFF"u8], 8, [.. "WEBP"u8]),
        new("image/tiff", [.. "II"u8, 0x2A, 0x00]),
        new("image/tiff", [.. "MM"u8, 0x00, 0x2A]),
        new("audio/wav", [.. "RIFF"u8], 8, [.. "WAVE"u8]),
        new("audio/flac", [.. "fLaC"u8, 0x00]),
        new("audio/flac", [.. "fLaC"u8, 0x80]),
        new("audio/amr-wb", [.. "#!AMR-WB\n"u8]),
        new("audio/amr", [.. "#!AMR\n"u8]),
        new("audio/mpeg", [.. "ID3"u8, 2]),
        new("audio/mpeg", [.. "ID3"u8, 3]),
        new("audio/mpeg", [.. "ID3"u8, 4]),
        new("audio/ogg", [.. "OggS"u8, 0]),
        new("audio/basic", [.. ".snd"u8, 0]),
        new("video/mpeg", [0x00, 0x00, 0x01, 0xBA]),
        new("video/mpeg", [0x00, 0x00, 0x01, 0xB3]),
        new("application/pdf", [.. "%PDF-"u8]),
        new("application/rtf", [.. "{\\rtf"u8]),
        new(Programs.Unix, [0x7F, .. "ELF"u8]),
        new(Programs.Mac, [0xCF, 0xFA, 0xED, 0xFE]),
        new(Programs.Mac, [0xCE, 0xFA, 0xED, 0xFE]),
        new(Programs.Java, [0xCA, 0xFE, 0xBA, 0xBE]),
        new(Programs.Wasm, [0x00, .. "asm"u8]),
    ];

    /// <summary>Those that words may begin with as well: of a file that is no text.</summary>
    public static IReadOnlyList<Signature> OfNoText { get; } = [new(Programs.Windows, [.. "MZ"u8]), new("image/bmp", [.. "BM"u8])];

    /// <summary>The first type that fits; null when none does.</summary>
    public static string? TypeOf(IReadOnlyList<Signature> signatures, ReadOnlySpan<byte> head)
    {
        foreach (var signature in signatures)
        {
            if (signature.Fits(head))
                return signature.Type;
        }

        return null;
    }

    private bool Fits(ReadOnlySpan<byte> head) =>
        head.StartsWith(Bytes) && (More is null || (head.Length > Offset && head[Offset..].StartsWith(More)));
}
