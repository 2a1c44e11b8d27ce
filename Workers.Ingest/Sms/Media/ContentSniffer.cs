using System.Buffers;
using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>Tells what a file is by its bytes, whatever anybody says that it is.</summary>
internal static class ContentSniffer
{
    /// <summary>As much of a file as its type is looked for in, in bytes.</summary>
    public const int HeadSize = 4096;

    /// <summary>The type of a file; null when it is of no known one, or empty.</summary>
    public static async Task<string?> DetectAsync(FileStream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(HeadSize);
        try
        {
            file.Position = 0;
            var head = buffer.AsMemory(0, await file.ReadAtLeastAsync(buffer.AsMemory(0, HeadSize), HeadSize, false, cancellationToken));
            if (OfBinary(head.Span) is { } binary)
                return binary;
            return await TextSniffer.IsTextAsync(file, cancellationToken)
                ? TextSniffer.TypeOf(head.Span)
                : Signature.TypeOf(Signature.OfNoText, head.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // a word that text may begin with is none of these
    private static string? OfBinary(ReadOnlySpan<byte> head) =>
        Signature.TypeOf(Signature.All, head) ?? ContainerContent.IsoMedia(head) ?? ContainerContent.Matroska(head)
        ?? ContainerContent.Zip(head) ?? AudioFrame.TypeOf(head);
}

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

/// <summary>The types of what runs: refused whatever it was announced as.</summary>
internal static class Programs
{
    public const string Windows = "application/vnd.microsoft.portable-executable";
    public const string Unix = "application/x-elf";
    public const string Mac = "application/x-mach-binary";
    public const string Java = "application/java-vm";
    public const string Wasm = "application/wasm";
    public const string Archive = "application/java-archive";
    public const string Script = "text/x-shellscript";

    /// <summary>Types that browsers run when they show them.</summary>
    public const string Html = "text/html";
    public const string Svg = "image/svg+xml";
    public const string Xml = "application/xml";

    public static bool Runs(string type) => type is Windows or Unix or Mac or Java or Wasm or Archive or Script;

    public static bool MayCarryScripts(string type) => type is Html or Svg or Xml;
}
