using System.Text.Json;

namespace FastEndpoints;

/// <summary>A route, query or form value that was to be read as JSON and is not.</summary>
/// <param name="fieldName">The incoming name.</param>
/// <param name="failureMessage">What to tell the caller.</param>
/// <param name="x">What the serializer found.</param>
public sealed class JsonBindException(string fieldName, string failureMessage, JsonException x)
    : JsonException(x.Message, x.Path, x.LineNumber, x.BytePositionInLine, x.InnerException)
{
    /// <summary>The incoming name.</summary>
    public string FieldName { get; } = fieldName;

    /// <summary>What to tell the caller.</summary>
    public string FailureMessage { get; } = failureMessage;
}
