using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using FluentValidation.Results;

namespace Switchboard.Edge.Api.Http;

/// <summary>Reads a request's JSON, and finds everything that is wrong with it, not only the first.</summary>
internal static class JsonBody
{
    /// <summary>The body as that type.</summary>
    /// <exception cref="JsonBodyException">It is not JSON, or not of that type.</exception>
    public static async ValueTask<object?> ReadAsync(PipeReader body, Type type, JsonSerializerOptions options, CancellationToken cancellation)
    {
        var json = await body.ReadToEndAsync(cancellation);
        try
        {
            return Parse(json, type, options);
        }
        finally
        {
            body.AdvanceTo(json.End);
        }
    }

    /// <summary>JSON as that type.</summary>
    /// <exception cref="JsonBodyException">It is not JSON, or not of that type.</exception>
    public static object? Parse(ReadOnlySequence<byte> json, Type type, JsonSerializerOptions options)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var value = JsonSerializer.Deserialize(ref reader, type, options);
            // what follows the value is a mistake too
            reader.Read();
            return value;
        }
        catch (JsonException first)
        {
            throw new JsonBodyException(JsonMistakes.All(first, json, type, options), first);
        }
    }

    /// <summary>What FastEndpoints is to make of it: one failure that carries them all.</summary>
    public static ValidationFailure Failure(JsonException exception)
    {
        var mistakes = exception is JsonBodyException body ? body.Mistakes : [JsonMistakes.Of(exception)];
        return new(mistakes[0].Name, mistakes[0].Reason) { CustomState = mistakes };
    }
}
