using System.Buffers.Binary;

namespace Switchboard.Edge.Api.Platform;

/// <summary>UUIDv7 as the index that it is: ids are in the order of their making (RFC 9562, 5.7).</summary>
internal static class TimeOrderedId
{
    // An id and the time beside it in its row are taken one after the other.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    /// <summary>An id that is lower than that of anything made since then; some of what is above it was made before.</summary>
    public static Guid Before(DateTimeOffset since)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, (since - Slack).ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
