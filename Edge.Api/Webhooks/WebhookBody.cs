using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;

namespace Switchboard.Edge.Api.Webhooks;

/// <summary>Reads bodies of webhooks: no longer than the provider needs, and item by item, so that one odd field costs no other.</summary>
internal static class WebhookBody
{
    /// <summary>Enough for a push of Pub/Sub and for an SMS with its parameters.</summary>
    public const int SmallBytes = 64 * 1024;

    /// <summary>So many items has one request at most.</summary>
    public const int MaxItems = 1_000;

    private const int HexDigits = 4;

    /// <summary>The whole body, as it was sent, to be given back with <c>AdvanceTo(body.End)</c>; null if it is longer.</summary>
    public static async ValueTask<ReadOnlySequence<byte>?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            return null;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server
            && server.MaxRequestBodySize < maxBytes)
            server.MaxRequestBodySize = maxBytes;

        var body = request.BodyReader;
        var read = await body.ReadAsync(cancellationToken);
        while (!read.IsCompleted && read.Buffer.Length <= maxBytes)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync(cancellationToken);
        }

        await request.HttpContext.CostsBytesAsync(read.Buffer.Length);
        if (read.Buffer.Length <= maxBytes)
            return read.Buffer;
        body.AdvanceTo(read.Buffer.End);
        return null;
    }

    /// <summary>413: the body is longer.</summary>
    public static ProblemHttpResult TooLong(int maxBytes) =>
        Problems.For(StatusCodes.Status413PayloadTooLarge, $"A body is at most {maxBytes} bytes long here.");

    /// <summary>JSON whose strings can all be read: what is no UTF-8, and unpaired surrogates, become U+FFFD; no mark before it.</summary>
    public static byte[] Readable(ReadOnlySequence<byte> json)
    {
        var bytes = JsonBody.WithoutMark(json).ToArray();
        if (!Utf8.IsValid(bytes))
            bytes = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes));
        for (var at = bytes.AsSpan().IndexOf((byte)'\\'); at >= 0 && at < bytes.Length;)
        {
            var first = EscapeAt(bytes, at);
            var isPair = char.IsHighSurrogate(first) && char.IsLowSurrogate(EscapeAt(bytes, at + 2 + HexDigits));
            if (char.IsSurrogate(first) && !isPair)
                "FFFD"u8.CopyTo(bytes.AsSpan(at + 2));
            // an escape of one letter has two bytes, and what follows a backslash begins no other escape
            at += first == '\0' ? 2 : isPair ? 2 * (2 + HexDigits) : 2 + HexDigits;
            var next = at < bytes.Length ? bytes.AsSpan(at).IndexOf((byte)'\\') : -1;
            at = next < 0 ? -1 : at + next;
        }

        return bytes;
    }

    /// <summary>The text of a property; null when it is none.</summary>
    public static string? Text(this JsonElement parent, string name) =>
        parent.Child(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>The value of a property; undefined when there is none.</summary>
    public static JsonElement Child(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var child) ? child : default;

    /// <summary>The items of a property; none when it is no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement parent, string name) =>
        parent.Child(name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];

    // the UTF-16 unit that \uXXXX there names; 0 when there is no such escape
    private static char EscapeAt(ReadOnlySpan<byte> json, int at) =>
        at + 2 + HexDigits <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && ushort.TryParse(json.Slice(at + 2, HexDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : '\0';
}
