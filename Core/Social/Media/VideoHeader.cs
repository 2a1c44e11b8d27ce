using System.Buffers.Binary;

namespace Switchboard.Core.Social.Media;

/// <summary>
/// The size and the length of MP4 and MOV, which are boxes within boxes (ISO 14496-12, QuickTime File Format): <c>moov</c> has
/// <c>mvhd</c> with the length, and for each track <c>trak</c> with <c>tkhd</c>, which has the size. What a box says of its own length is
/// believed only as far as it fits into the one around it, and no more boxes are read than a real file has.
/// </summary>
internal static class VideoHeader
{
    private const int MaxBoxes = 2_000;
    private const int HeaderBytes = 8;
    private const int LongHeaderBytes = 16;
    private const int FullBox = 4;

    // pictures that come in the same boxes, and sound alone
    private static readonly string[] NoVideo =
        ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis", "M4A ", "M4B ", "crx "];

    public static async Task<MediaHeader> ReadAsync(Stream file, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        var brand = System.Text.Encoding.ASCII.GetString(head.Span[8..12]);
        if (NoVideo.Contains(brand))
            throw new MediaRefusedException($"It is none of JPEG, PNG, GIF, WebP, MP4 and MOV: it says '{brand.Trim()}'.");

        var boxes = new Boxes(file, cancellationToken);
        var movie = await boxes.FindAsync("moov", 0, file.Length)
            ?? throw new MediaRefusedException("It has no movie header (moov): the file is cut off or broken.");
        var duration = await boxes.FindAsync("mvhd", movie.Start, movie.End) is { } header ? await DurationAsync(boxes, header) : null;
        for (var at = movie.Start; await boxes.FindAsync("trak", at, movie.End) is { } track; at = track.End)
        {
            if (await boxes.FindAsync("tkhd", track.Start, track.End) is { } about && await SizeAsync(boxes, about) is { } size)
                return new(brand == "qt  " ? "video/quicktime" : "video/mp4", size.Width, size.Height, duration);
        }

        throw new MediaRefusedException("It has no track with a picture.");
    }

    // 8.2.2: times of 32 bits, or of 64 in version 1; all ones is not known
    private static async Task<TimeSpan?> DurationAsync(Boxes boxes, Box header)
    {
        var data = await boxes.ReadAsync(header, 32);
        var isLong = data[0] == 1;
        var scale = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(FullBox + (isLong ? 16 : 8)));
        var length = isLong
            ? BinaryPrimitives.ReadUInt64BigEndian(data.AsSpan(FullBox + 20))
            : BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(FullBox + 12));
        if (scale == 0 || length == 0 || length == (isLong ? ulong.MaxValue : uint.MaxValue))
            return null;
        var milliseconds = length / (double)scale * 1000;
        return milliseconds <= int.MaxValue ? TimeSpan.FromMilliseconds(Math.Round(milliseconds)) : null;
    }

    // 8.3.2: the matrix turns the picture, width and height are before that; a track of sound has none
    private static async Task<(int Width, int Height)?> SizeAsync(Boxes boxes, Box header)
    {
        var data = await boxes.ReadAsync(header, 96);
        var matrix = FullBox + (data[0] == 1 ? 48 : 36);
        var width = (int)(BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(matrix + 36)) >> 16);
        var height = (int)(BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(matrix + 40)) >> 16);
        if (width == 0 || height == 0)
            return null;
        var isOnItsSide = BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(matrix)) == 0
            && BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(matrix + 4)) != 0;
        return isOnItsSide ? (height, width) : (width, height);
    }

    /// <summary>What a box holds: from where to where in the file.</summary>
    private sealed record Box(long Start, long End);

    private sealed class Boxes(Stream file, CancellationToken cancellationToken)
    {
        private int _read;

        /// <summary>The first box of that type between two places.</summary>
        public async Task<Box?> FindAsync(string type, long start, long end)
        {
            var header = new byte[LongHeaderBytes];
            for (var at = start; end - at >= HeaderBytes;)
            {
                if (++_read > MaxBoxes)
                    throw new MediaRefusedException("Its header has no end.");
                file.Position = at;
                var length = await file.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
                if (length < HeaderBytes)
                    return null;
                var (size, content) = ((long)BinaryPrimitives.ReadUInt32BigEndian(header), at + HeaderBytes);
                if (size == 1)
                {
                    if (length < LongHeaderBytes)
                        return null;
                    (size, content) = (BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(HeaderBytes)), at + LongHeaderBytes);
                }

                // 0: up to the end of what is around it
                var next = size == 0 ? end : size >= content - at && size <= end - at ? at + size : -1;
                if (next < 0)
                    return null;
                if (header.AsSpan(4, 4).SequenceEqual(System.Text.Encoding.ASCII.GetBytes(type)))
                    return new(content, next);
                at = next;
            }

            return null;
        }

        /// <summary>The first bytes of a box; what it does not have is zero.</summary>
        public async Task<byte[]> ReadAsync(Box box, int count)
        {
            var data = new byte[count];
            file.Position = box.Start;
            var wanted = (int)Math.Min(count, box.End - box.Start);
            await file.ReadAtLeastAsync(data.AsMemory(0, wanted), wanted, throwOnEndOfStream: false, cancellationToken);
            return data;
        }
    }
}
