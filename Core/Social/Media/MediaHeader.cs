using System.Buffers.Binary;

namespace Switchboard.Core.Social.Media;

/// <summary>What a file is, by its first bytes and not by its name: a type that platforms take, and how large a picture it has.</summary>
/// <param name="ContentType">Its type.</param>
/// <param name="Width">In pixels, as it is shown.</param>
/// <param name="Height">In pixels, as it is shown.</param>
/// <param name="Duration">How long it plays; null of a picture, and of a video that does not say.</param>
public sealed record MediaHeader(string ContentType, int Width, int Height, TimeSpan? Duration = null)
{
    /// <summary>How many bytes of the start tell a type.</summary>
    internal const int SignatureBytes = 32;

    private const int MaxSegments = 1_000;

    /// <summary>Reads it; the file can be read at any position.</summary>
    /// <exception cref="MediaRefusedException">It is of another type, or is broken.</exception>
    public static async Task<MediaHeader> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var start = new byte[SignatureBytes];
        file.Position = 0;
        var length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        var head = start.AsMemory(0, length);
        var header = KindOf(head.Span) switch
        {
            Kind.Png => OfPng(head.Span),
            Kind.Gif => OfGif(head.Span),
            Kind.WebP => OfWebP(head.Span),
            Kind.Jpeg => await OfJpegAsync(file, cancellationToken),
            Kind.IsoMedia => await VideoHeader.ReadAsync(file, head, cancellationToken),
            _ => throw new MediaRefusedException("It is none of JPEG, PNG, GIF, WebP, MP4 and MOV, by its bytes."),
        };
        return header is { Width: > 0, Height: > 0 } ? header : throw new MediaRefusedException("Its picture has no size.");
    }

    private static Kind KindOf(ReadOnlySpan<byte> head) => head switch
    {
        _ when head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) => Kind.Png,
        _ when head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) => Kind.Gif,
        _ when head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) => Kind.Jpeg,
        _ when head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8) => Kind.WebP,
        _ when head.Length >= 12 && head[4..].StartsWith("ftyp"u8) => Kind.IsoMedia,
        _ => Kind.Other,
    };

    // PNG (ISO 15948), 11.2.2: IHDR is the first chunk
    private static MediaHeader OfPng(ReadOnlySpan<byte> head) =>
        head.Length >= 24 && head[12..].StartsWith("IHDR"u8)
            ? new(
                "image/png", Size(BinaryPrimitives.ReadUInt32BigEndian(head[16..])), Size(BinaryPrimitives.ReadUInt32BigEndian(head[20..])))
            : throw Ends();

    private static MediaHeader OfGif(ReadOnlySpan<byte> head) =>
        head.Length >= 10
            ? new("image/gif", BinaryPrimitives.ReadUInt16LittleEndian(head[6..]), BinaryPrimitives.ReadUInt16LittleEndian(head[8..]))
            : throw Ends();

    // RFC 9649: the first chunk is VP8, VP8L or VP8X
    private static MediaHeader OfWebP(ReadOnlySpan<byte> head)
    {
        const string type = "image/webp";
        if (head.Length < 30)
            throw Ends();
        var chunk = head[12..16];
        var data = head[20..];
        if (chunk.SequenceEqual("VP8X"u8))
            return new(type, 1 + ThreeBytes(data[4..]), 1 + ThreeBytes(data[7..]));
        if (chunk.SequenceEqual("VP8L"u8) && data[0] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            return new(type, 1 + (int)(bits & 0x3FFF), 1 + (int)(bits >> 14 & 0x3FFF));
        }

        return chunk.SequenceEqual("VP8 "u8) && data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])
            ? new(
                type, BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF)
            : throw new MediaRefusedException("It is no WebP that can be read.");
    }

    // ITU T.81, B.1: segments up to the start of the frame, which has the size
    private static async Task<MediaHeader> OfJpegAsync(Stream file, CancellationToken cancellationToken)
    {
        var segment = new byte[9];
        var position = 2L;
        for (var count = 0; count < MaxSegments; count++)
        {
            file.Position = position;
            var read = await file.ReadAtLeastAsync(segment, segment.Length, throwOnEndOfStream: false, cancellationToken);
            if (read < 4 || segment[0] != 0xFF)
                throw Ends();
            var marker = segment[1];
            // fill bytes, and markers that stand alone
            if (marker == 0xFF)
            {
                position++;
                continue;
            }

            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                position += 2;
                continue;
            }

            // the picture begins, and no frame said how large it is
            if (marker is 0xD9 or 0xDA)
                throw Ends();
            var length = BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(2));
            if (IsFrame(marker))
            {
                var (height, width) = (
                    BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(5)), BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(7)));
                return length >= 8 && read == segment.Length ? new("image/jpeg", width, height) : throw Ends();
            }

            if (length < 2)
                throw Ends();
            position += 2 + length;
        }

        throw new MediaRefusedException("Its header has no end.");
    }

    // SOF0 to SOF15 but DHT, JPG and DAC
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static int ThreeBytes(ReadOnlySpan<byte> data) => data[0] | data[1] << 8 | data[2] << 16;

    private static int Size(uint size) => size <= int.MaxValue ? (int)size : throw new MediaRefusedException("Its picture has no size.");

    private static MediaRefusedException Ends() => new("Its header is not whole: the file is cut off or broken.");

    private enum Kind
    {
        Other,
        Png,
        Gif,
        Jpeg,
        WebP,
        IsoMedia,
    }
}

/// <summary>A file is none that the media library takes.</summary>
/// <param name="message">Why, for its user.</param>
public sealed class MediaRefusedException(string message) : Exception(message);
