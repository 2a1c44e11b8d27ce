using System.Text.Json;

namespace Switchboard.Edge.Api.Http;

/// <summary>A body that is not what it should be.</summary>
/// <param name="mistakes">Each field that is wrong.</param>
/// <param name="first">What the serializer said.</param>
internal sealed class JsonBodyException(IReadOnlyList<FieldError> mistakes, JsonException first) : JsonException(first.Message, first)
{
    public IReadOnlyList<FieldError> Mistakes { get; } = mistakes;
}
