using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Says what is wrong with JSON in the words of the API, not in those of the serializer.</summary>
internal static partial class JsonErrors
{
    private const int Most = 50;

    /// <summary>The field that an exception is about, and what is wrong with it; <c>$</c> is the body as a whole.</summary>
    public static FieldError Of(JsonException exception) => IsAboutSyntax(exception)
        ? new("$", FormattableString.Invariant($"It is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}."))
        : new(NameOf(exception.Path), "Its value is not of the right type, or not one of those that it may have.");

    /// <summary>
    /// Every field whose value does not fit: the serializer ends at the first, so that one is taken out and it is asked again.
    /// </summary>
    /// <param name="first">What the serializer said.</param>
    /// <param name="json">What it was given.</param>
    /// <param name="type">What it should have been.</param>
    /// <param name="options">How it was read.</param>
    /// <param name="rest">What remains without those fields; null if nothing does.</param>
    public static IReadOnlyList<FieldError> All(
        JsonException first, ReadOnlySequence<byte> json, Type type, JsonSerializerOptions options, out object? rest)
    {
        rest = null;
        var mistakes = new List<FieldError> { Of(first) };
        if (IsAboutSyntax(first))
            return mistakes;

        var reader = new Utf8JsonReader(json);
        var body = JsonNode.Parse(ref reader);
        var path = first.Path;
        while (mistakes.Count < Most && TakeOut(body, path))
        {
            try
            {
                rest = body.Deserialize(type, options);
                break;
            }
            catch (JsonException next)
            {
                mistakes.Add(Of(next));
                path = next.Path;
            }
        }

        return mistakes;
    }

    private static bool IsAboutSyntax(JsonException exception) =>
        exception.InnerException is JsonException || exception.GetType().Name == "JsonReaderException";

    // $.sender.addresses[2] is sender.addresses[2], and $[3].from is [3].from
    private static string NameOf(string? path) => path is null or "" or "$" ? "$" : path.TrimStart('$').TrimStart('.');

    private static bool TakeOut(JsonNode? body, string? path)
    {
        var steps = Step().Matches(path ?? "");
        var node = body;
        foreach (var step in steps.SkipLast(1))
            node = Down(node, step.Value);

        switch (node, steps.LastOrDefault()?.Value)
        {
            case (JsonObject parent, { } name):
                return parent.Remove(Key(name));
            case (JsonArray parent, { } index) when int.TryParse(Key(index), out var at) && at < parent.Count:
                if (parent[at] is null)
                    return false;
                parent[at] = null;
                return true;
            default:
                return false;
        }
    }

    private static JsonNode? Down(JsonNode? node, string step) => node switch
    {
        JsonObject parent => parent[Key(step)],
        JsonArray parent when int.TryParse(Key(step), out var index) && index < parent.Count => parent[index],
        _ => null,
    };

    private static string Key(string step) => step.TrimStart('.').Trim('[', ']', '\'');

    // .name, [2] or ['a name with dots']
    [GeneratedRegex(@"\.[^.\[]+|\['.*?'\]|\[\d+\]", RegexOptions.CultureInvariant)]
    private static partial Regex Step();
}
