using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>
/// The parameters of a request, by name, whether they came as a form or as JSON. Of a name that comes twice the first counts;
/// those that nobody asks for cost nothing more.
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

    /// <summary>Those of an object in JSON: texts, numbers and truths. What is nested is none of the provider's and passed over.</summary>
    /// <exception cref="JsonException">It is not JSON, or no object.</exception>
    public static TwilioParameters Of(ReadOnlySequence<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("The body must be an object.");

        var parameters = new TwilioParameters();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = TextOf(ref reader);
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    parameters._values.TryAdd(name, TextOf(ref reader));
                    break;
                case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                    parameters._values.TryAdd(name, AsWritten(ref reader));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // what follows the object is a mistake too
        reader.Read();
        return parameters;
    }

    /// <summary>One more than the highest index that a name of this beginning has: 3 for <c>MediaUrl2</c>.</summary>
    public int CountOf(string prefix) => _values.Keys
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(name => int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1)
        .DefaultIfEmpty(-1)
        .Max() is var highest && highest < int.MaxValue ? highest + 1 : int.MaxValue;

    private static string TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // half of a surrogate pair is JSON and no text: nothing of the rest is lost for it
            return AsWritten(ref reader);
        }
    }

    private static string AsWritten(ref Utf8JsonReader reader) =>
        Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
}
