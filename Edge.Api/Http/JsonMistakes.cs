using System.Text.Json;

namespace Switchboard.Edge.Api.Http;

/// <summary>Says what is wrong with JSON in the words of the API, not in those of the serializer.</summary>
internal static class JsonMistakes
{
    /// <summary>The field that an exception is about, and what is wrong with it; <c>$</c> is the body as a whole.</summary>
    public static FieldError Of(JsonException exception)
    {
        var path = exception.Path switch
        {
            null or "" or "$" => "$",
            { } inner when inner.StartsWith("$.", StringComparison.Ordinal) => inner[2..],
            { } inner => inner[1..],
        };
        // the reader's own exceptions are about the text, the serializer's about the value
        return exception.InnerException is JsonException || exception.GetType() != typeof(JsonException)
            ? new("$", FormattableString.Invariant($"It is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}."))
            : new(path, "Its value is not of the right type, or not one of those it may have.");
    }
}
