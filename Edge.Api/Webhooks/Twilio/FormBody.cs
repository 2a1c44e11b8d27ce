using System.Text;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

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
