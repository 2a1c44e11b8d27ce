using System.Text.Json;

namespace Switchboard.Edge.Api.Platform;

/// <summary>A body that is not what it should be.</summary>
/// <param name="mistakes">Each field that is wrong.</param>
/// <param name="rest">What remains of it without those fields; null if nothing does.</param>
/// <param name="first">What the serializer said.</param>
internal sealed class JsonBodyException(IReadOnlyList<FieldError> mistakes, object? rest, JsonException first)
    : JsonException(first.Message, first)
{
    public IReadOnlyList<FieldError> Mistakes { get; } = mistakes;

    public object? Rest { get; } = rest;
}
