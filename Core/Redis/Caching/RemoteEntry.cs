using System.Buffers.Text;
using System.Text;

namespace Switchboard.Core.Redis.Caching;

/// <summary>An entry as it is in Redis; see <see cref="CacheScripts"/> for its shape.</summary>
/// <param name="EndsAt">When it ends.</param>
/// <param name="Stamps">Its tags, each with the stamp it had.</param>
/// <param name="Payload">The value: JSON, perhaps encrypted.</param>
internal sealed record RemoteEntry(DateTimeOffset EndsAt, IReadOnlyList<KeyValuePair<string, string>> Stamps, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Reads an entry.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RemoteEntry Parse(ReadOnlyMemory<byte> data)
    {
        var endsAt = Number(Line(ref data));
        var stamps = new KeyValuePair<string, string>[Number(Line(ref data))];
        for (var i = 0; i < stamps.Length; i++)
            stamps[i] = new(Text(Line(ref data)), Text(Line(ref data)));
        return new RemoteEntry(DateTimeOffset.FromUnixTimeMilliseconds(endsAt), stamps, data);
    }

    private static ReadOnlySpan<byte> Line(ref ReadOnlyMemory<byte> data)
    {
        var end = data.Span.IndexOf((byte)'\n');
        if (end < 0)
            throw new FormatException("An entry of the cache in Redis has a broken head.");
        var line = data.Span[..end];
        data = data[(end + 1)..];
        return line;
    }

    private static long Number(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line, out long number, out var read) && read == line.Length && number >= 0
            ? number
            : throw new FormatException("An entry of the cache in Redis has a broken head.");

    private static string Text(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line);
}
