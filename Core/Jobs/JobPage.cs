using System.Buffers.Binary;
using System.Buffers.Text;

namespace Switchboard.Core.Jobs;

/// <summary>A part of a list.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="NextCursor">Where the next part starts; null when this is the last.</param>
/// <typeparam name="T">What is listed.</typeparam>
public sealed record JobPage<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>A place in a list that is sorted by time and id; opaque to those who page.</summary>
/// <param name="At">The time of the last item seen.</param>
/// <param name="Id">Its id.</param>
public sealed record JobCursor(DateTimeOffset At, Guid Id)
{
    private const int Length = sizeof(long) + 16;

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, out JobCursor? cursor)
    {
        cursor = null;
        Span<byte> bytes = stackalloc byte[Length];
        if (text is null || text.Length > 2 * Length || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Length)
            return false;
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (ticks < 0 || ticks > DateTimeOffset.MaxValue.Ticks)
            return false;
        cursor = new(new(ticks, TimeSpan.Zero), new(bytes[sizeof(long)..]));
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At.UtcTicks);
        Id.TryWriteBytes(bytes[sizeof(long)..]);
        return Base64Url.EncodeToString(bytes);
    }
}

/// <summary>Cuts a list that was read with one item more than was asked for.</summary>
internal static class PageOf
{
    public static JobPage<T> Items<T>(List<T> readOneMore, int limit, Func<T, JobCursor> place)
    {
        if (readOneMore.Count <= limit)
            return new(readOneMore, null);
        var items = readOneMore[..limit];
        return new(items, place(items[^1]).ToString());
    }
}
