using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Primitives;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// The times that the API takes. Arithmetic on a time at either end of what .NET and Postgres know overflows, so a time beyond
/// <see cref="Earliest"/> and <see cref="Latest"/> goes no further than this: in a query it is a filter, which means the same when it is
/// moved to that end; in a body, where it would be stored, it is refused.
/// </summary>
internal static class Times
{
    public static readonly DateTimeOffset Earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset Latest = new(2999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>A time of a query.</summary>
    public static ParseResult Parse(StringValues value) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new(true, time < Earliest ? Earliest : time > Latest ? Latest : time)
            : new(false, null);

    /// <summary>The time as Postgres keeps it: whole microseconds. What is answered now is the same when it is read.</summary>
    public static DateTimeOffset ToStorable(this DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    /// <summary>A time of a body; in answers it is written as ever.</summary>
    internal sealed class Converter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out var time))
                throw new JsonException();
            return time >= Earliest && time <= Latest ? time : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);
    }
}

/// <summary>UUIDv7 as the index that it is: ids are in the order of their making (RFC 9562, 5.7).</summary>
internal static class TimeOrderedId
{
    // An id and the time beside it in its row are taken one after the other.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>An id that is lower than that of anything made since then; some of what is above it was made before.</summary>
    public static Guid Before(DateTimeOffset since) =>
        LowestAt(since > DateTimeOffset.UnixEpoch + Slack ? (since - Slack).ToUnixTimeMilliseconds() : 0);

    /// <summary>An id that is higher than that of anything made before then; some of what is below it was made later.</summary>
    public static Guid After(DateTimeOffset until) =>
        LowestAt(until < DateTimeOffset.MaxValue - Slack ? Math.Max(0, (until + Slack).ToUnixTimeMilliseconds()) : Latest);

    private static Guid LowestAt(long milliseconds)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, milliseconds << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
