using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// The last item of a page, from which the next one goes on; opaque to clients: base64url of time, id and a checksum
/// over them and the name of the list. The checksum finds errors, it keeps no secret: whatever a cursor
/// says, a query names its owner.
/// </summary>
/// <param name="At">When the item was made.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct Cursor(DateTimeOffset At, Guid Id)
{
    private const int ContentLength = sizeof(long) + 16;
    private const int ChecksumLength = 6;

    /// <summary>The cursor as the answer carries it.</summary>
    public string Encode(string list)
    {
        Span<byte> bytes = stackalloc byte[ContentLength + ChecksumLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At.UtcTicks);
        Id.TryWriteBytes(bytes[sizeof(long)..], bigEndian: true, out _);
        WriteChecksum(list, bytes[..ContentLength], bytes[ContentLength..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; false if it is not one of this list.</summary>
    public static bool TryDecode(string list, string? text, out Cursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[ContentLength + ChecksumLength];
        if (text is null
            || text.Length != Base64Url.GetEncodedLength(bytes.Length)
            // not TryDecodeFromChars: it throws on what is no base64url
            || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done
            || written != bytes.Length)
            return false;

        Span<byte> checksum = stackalloc byte[ChecksumLength];
        WriteChecksum(list, bytes[..ContentLength], checksum);
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (!checksum.SequenceEqual(bytes[ContentLength..]) || ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks)
            return false;

        cursor = new(new(ticks, TimeSpan.Zero), new(bytes[sizeof(long)..ContentLength], bigEndian: true));
        return true;
    }

    /// <summary>The cursor of a request that was validated; null for the first page.</summary>
    public static Cursor? Of(string list, PageRequest request) => TryDecode(list, request.Cursor, out var cursor) ? cursor : null;

    private static void WriteChecksum(string list, ReadOnlySpan<byte> content, Span<byte> checksum)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(list), .. content], hash);
        hash[..checksum.Length].CopyTo(checksum);
    }
}
