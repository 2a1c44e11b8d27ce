using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Reads a mail of a page; what is wrong in it is told of it alone.</summary>
internal sealed class GraphMailConverter : JsonConverter<GraphMail>
{
    public override bool HandleNull => true;

    public override GraphMail Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var start = reader;
        return Lenient.TryRead(ref reader, GraphJson.Default.GraphMessage, out var problem) is { } message
            ? new(message, message.Id)
            : new(null, IdOf(start), problem);
    }

    public override void Write(Utf8JsonWriter writer, GraphMail value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static string? IdOf(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId)
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            reader.Skip();
        }

        return null;
    }
}

/// <summary>Reads the body of an answer of a batch: Graph sends what is no JSON as a text.</summary>
internal sealed class GraphBodyConverter : JsonConverter<GraphBody>
{
    public override GraphBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(Lenient.TryRead(ref reader, GraphJson.Default.GraphContent, out var problem), problem);

    public override void Write(Utf8JsonWriter writer, GraphBody value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>Reads a value that may be something else.</summary>
file static class Lenient
{
    /// <summary>Reads one value and stands at its end, whether or not it could be read. The serializer has it whole before it asks.</summary>
    public static T? TryRead<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type, out string? problem)
        where T : class
    {
        var start = reader;
        try
        {
            problem = null;
            if (JsonSerializer.Deserialize(ref reader, type) is { } value)
                return value;
            problem = "It is null.";
        }
        catch (JsonException reason)
        {
            problem = reason.Message;
            reader = start;
            reader.Skip();
        }

        return null;
    }
}
