using System.Buffers.Binary;
using System.Text;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>Tells what is in containers that several types share.</summary>
internal static class ContainerContent
{
    private const int MostBrands = 32;

    /// <summary>By the brands of its <c>ftyp</c> box (ISO/IEC 14496-12, 4.3).</summary>
    public static string? IsoMedia(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12 || !head[4..8].SequenceEqual("ftyp"u8))
            return null;
        if (OfBrand(head[8..12]) is { } major)
            return major;

        // heif and mp4 say in the compatible brands which of their kinds they are
        var end = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(head), (uint)Math.Min(head.Length, 16 + (4 * MostBrands)));
        for (var at = 16; at + 4 <= end; at += 4)
        {
            if (OfBrand(head.Slice(at, 4)) is { } compatible)
                return compatible;
        }

        return head[8..12].SequenceEqual("mif1"u8) || head[8..12].SequenceEqual("msf1"u8) ? "image/heif" : "video/mp4";
    }

    /// <summary>By the <c>DocType</c> of its EBML header (RFC 8794, 11.2.7).</summary>
    public static string? Matroska(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return null;
        var header = head[..Math.Min(head.Length, 64)];
        return header.IndexOf("webm"u8) >= 0 ? "video/webm" : header.IndexOf("matroska"u8) >= 0 ? "video/x-matroska" : null;
    }

    /// <summary>By the names of its first files (APPNOTE, 4.3.7).</summary>
    public static string? Zip(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith((ReadOnlySpan<byte>)[.. "PK"u8, 3, 4]) && !head.StartsWith((ReadOnlySpan<byte>)[.. "PK"u8, 5, 6]))
            return null;
        if (Has(head, "META-INF/MANIFEST.MF"u8) || Has(head, "AndroidManifest.xml"u8) || Has(head, "classes.dex"u8))
            return Programs.Archive;
        if (Has(head, "word/"u8))
            return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        if (Has(head, "xl/"u8))
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        if (Has(head, "ppt/"u8))
            return "application/vnd.openxmlformats-officedocument.presentationml.presentation";
        if (Has(head, "pass.json"u8))
            return "application/vnd.apple.pkpass";
        return Mimetype(head) ?? "application/zip";
    }

    // OpenDocument and EPUB begin with a file of this name that holds their type, as it is
    private static string? Mimetype(ReadOnlySpan<byte> head)
    {
        const int Name = 30;
        var name = "mimetype"u8;
        if (head.Length < Name + name.Length || !head[Name..].StartsWith(name))
            return null;
        var size = BinaryPrimitives.ReadInt32LittleEndian(head[18..]);
        var start = Name + name.Length + BinaryPrimitives.ReadUInt16LittleEndian(head[28..]);
        if (size is < 1 or > 100 || start + size > head.Length)
            return null;
        var type = Encoding.ASCII.GetString(head.Slice(start, size));
        return type.StartsWith("application/vnd.oasis.opendocument.", StringComparison.Ordinal) || type == "application/epub+zip" ? type : null;
    }

    private static bool Has(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name) => head.IndexOf(name) >= 0;

    private static string? OfBrand(ReadOnlySpan<byte> brand) => Encoding.ASCII.GetString(brand) switch
    {
        "M4A " or "M4B " or "M4P " => "audio/mp4",
        "qt  " => "video/quicktime",
        "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" => "image/heic",
        "avif" or "avis" => "image/avif",
        "isom" or "iso2" or "iso3" or "iso4" or "iso5" or "iso6" or "mp41" or "mp42" or "avc1" or "M4V " or "MSNV" or "dash" or "f4v " => "video/mp4",
        ['3', 'g', '2', _] => "video/3gpp2",
        ['3', 'g' or 'G', _, _] => "video/3gpp",
        _ => null,
    };
}
