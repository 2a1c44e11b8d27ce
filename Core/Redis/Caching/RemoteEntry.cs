using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Security;

namespace Switchboard.Core.Redis.Caching;

/// <summary>What Redis said of a key.</summary>
/// <param name="Entry">The valid entry, if there is one.</param>
/// <param name="Stamps">The stamps of the key and of the tags asked for, in that order: what a load that begins now must still
/// find when it is stored. Null if Redis is unavailable.</param>
internal readonly record struct RemoteRead(RemoteEntry? Entry, string[]? Stamps);

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

/// <summary>An entry to be written to Redis.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Payload">The value: JSON, perhaps encrypted.</param>
/// <param name="Life">How long it lives.</param>
/// <param name="Stamps">Of what was loaded, the stamps that must still be the same (<see cref="RemoteRead.Stamps"/>).</param>
internal sealed record RemoteWrite(string Key, string[] Tags, byte[] Payload, TimeSpan Life, string[]? Stamps = null);

/// <summary>
/// The writes to Redis, each atomic. An entry is one string: its end (Unix ms), the number of its tags, each tag and that tag's
/// stamp, a line each, then the payload. A stamp is the server's time of the last invalidation, kept beside the entries: one for
/// each tag invalidated in the last 24 h, one for each key in the last 10 min. An entry is valid while the stamps of
/// its tags are those it carries; a load is stored only if no stamp changed since it began.
/// </summary>
internal static class CacheScripts
{
    /// <summary>Stores what was loaded, many entries in one call. Keys, for each: entry, stamp of the key, stamp of each tag.
    /// Arguments, for each: how many tags, life in ms, end, payload, expected stamp of the key, then tag and expected stamp for each tag.
    /// Answers how many were stored: what an invalidation overtook is not.</summary>
    public const string StoreLoaded = """
        local k, a, stored = 1, 1, 0
        while k <= #KEYS do
            local tags = tonumber(ARGV[a])
            local valid = (redis.call('GET', KEYS[k + 1]) or '') == ARGV[a + 4]
            local head = {ARGV[a + 2], tostring(tags)}
            for i = 1, tags do
                local tag, stamp = ARGV[a + 3 + 2 * i], ARGV[a + 4 + 2 * i]
                valid = valid and (redis.call('GET', KEYS[k + 1 + i]) or '') == stamp
                head[#head + 1], head[#head + 2] = tag, stamp
            end
            if valid then
                redis.call('SET', KEYS[k], table.concat(head, '\n') .. '\n' .. ARGV[a + 3], 'PX', ARGV[a + 1])
                stored = stored + 1
            end
            k, a = k + 2 + tags, a + 5 + 2 * tags
        end
        return stored
        """;

    /// <summary>Stores what was set, and tells the other processes. Keys as above. Arguments: life of the keys' stamps in ms, channel, and
    /// for each: how many tags, life in ms, end, payload, message, then each tag.</summary>
    public const string Set = """
        local clock = redis.call('TIME')
        local k, a = 1, 3
        while k <= #KEYS do
            local tags = tonumber(ARGV[a])
            redis.call('SET', KEYS[k + 1], clock[1] .. '.' .. clock[2], 'PX', ARGV[1])
            local head = {ARGV[a + 2], tostring(tags)}
            for i = 1, tags do
                head[#head + 1], head[#head + 2] = ARGV[a + 4 + i], redis.call('GET', KEYS[k + 1 + i]) or ''
            end
            redis.call('SET', KEYS[k], table.concat(head, '\n') .. '\n' .. ARGV[a + 3], 'PX', ARGV[a + 1])
            redis.call('PUBLISH', ARGV[2], ARGV[a + 4])
            k, a = k + 2 + tags, a + 5 + tags
        end
        return 1
        """;

    /// <summary>Invalidates a key or a tag, and tells the other processes. Keys: its stamp, then the entry if it is a key.
    /// Arguments: life of the stamp in ms, channel, message.</summary>
    public const string Invalidate = """
        local clock = redis.call('TIME')
        redis.call('SET', KEYS[1], clock[1] .. '.' .. clock[2], 'PX', ARGV[1])
        if KEYS[2] then redis.call('DEL', KEYS[2]) end
        redis.call('PUBLISH', ARGV[2], ARGV[3])
        return 1
        """;
}

/// <summary>Values as bytes: JSON, encrypted where the namespace says so (bound to the key, so that entries cannot be swapped).</summary>
internal sealed partial class CacheCodec(JsonSerializerOptions json, SecretProtector? protector, ILogger logger)
{
    private const string Purpose = "cache";

    public byte[] Encode<T>(CacheNamespace space, string key, T value)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(value, json);
        return space.Encrypted ? protector!.Protect(plain, Purpose, key) : plain;
    }

    /// <summary>False if it cannot be read: of another version of the type, or by a key that is gone. Then it is loaded again.</summary>
    public bool TryDecode<T>(CacheNamespace space, string key, ReadOnlyMemory<byte> payload, out T? value)
    {
        try
        {
            var plain = space.Encrypted ? protector!.UnprotectBytes(payload.Span, Purpose, key) : payload.Span;
            value = JsonSerializer.Deserialize<T>(plain, json);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException)
        {
            Log.Unreadable(logger, key, exception);
            value = default;
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The value of {Key} in Redis is not readable and will be loaded again.")]
        public static partial void Unreadable(ILogger logger, Redacted key, Exception exception);
    }
}
