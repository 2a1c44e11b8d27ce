using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>
/// The parameters of a request, by name, whether they came as a form or as JSON. Of a name that comes twice the first counts;
/// those that are not read cost nothing more.
/// </summary>
internal sealed class TwilioParameters
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private TwilioParameters()
    {
    }

    /// <summary>The value; null when there is none, or it is empty.</summary>
    public string? this[string name] => _values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Those of a form.</summary>
    public static TwilioParameters Of(IReadOnlyList<FormField> fields)
    {
        var parameters = new TwilioParameters();
        foreach (var field in fields)
            parameters._values.TryAdd(field.Name, field.Text);
        return parameters;
    }

    /// <summary>Those of an object in JSON: strings, numbers, true and false. What is nested is none of the provider's and passed
    /// over.</summary>
    /// <exception cref="JsonException">It is not JSON, or no object.</exception>
    public static TwilioParameters Of(ReadOnlySequence<byte> json)
    {
        var reader = new Utf8JsonReader(WebhookBody.Readable(json));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("The body must be an object.");

        var parameters = new TwilioParameters();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    parameters._values.TryAdd(name, reader.GetString()!);
                    break;
                case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                    parameters._values.TryAdd(name, Encoding.UTF8.GetString(reader.ValueSpan));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // what follows the object is an error too
        reader.Read();
        return parameters;
    }

    /// <summary>One more than the highest index that a name of this beginning has: 3 for <c>MediaUrl2</c>.</summary>
    public int CountOf(string prefix) => _values.Keys
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1)
        .DefaultIfEmpty(-1)
        .Max() is var highest && highest < int.MaxValue ? highest + 1 : int.MaxValue;
}

/// <summary>
/// Reads <c>application/x-www-form-urlencoded</c> (URL Standard, 5.1) as it was sent: any number of fields, in their order, those of
/// the same name too, null bytes kept. What is signed must not be tidied up.
/// </summary>
internal static class FormBody
{
    /// <summary>All fields. There is no body that is none: a percent sign without two digits stands for itself.</summary>
    public static List<FormField> Parse(ReadOnlySpan<byte> body)
    {
        var fields = new List<FormField>();
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf((byte)'=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? [] : pair[(equals + 1)..];
            fields.Add(new(Encoding.UTF8.GetString(Decode(name)), Decode(value)));
        }

        return fields;
    }

    private static byte[] Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IndexOfAny((byte)'%', (byte)'+') < 0)
            return encoded.ToArray();

        var decoded = new byte[encoded.Length];
        var length = 0;
        for (var at = 0; at < encoded.Length; at++)
        {
            decoded[length++] = encoded[at] switch
            {
                (byte)'+' => (byte)' ',
                (byte)'%' when IsEscape(encoded[at..]) => (byte)(Digit(encoded[++at]) << 4 | Digit(encoded[++at])),
                var other => other,
            };
        }

        return decoded[..length];
    }

    private static bool IsEscape(ReadOnlySpan<byte> text) =>
        text.Length > 2 && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}

/// <summary>A field of a form.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, the bytes that were sent: they are what is signed, whether they are UTF-8 or not.</param>
internal readonly record struct FormField(string Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>The value as text.</summary>
    public string Text => Encoding.UTF8.GetString(Value.Span);
}
