using Microsoft.AspNetCore.Http.Metadata;

namespace FastEndpoints;

/// <summary>A described answer that was not written down by hand, and that gives way to those that are.</summary>
internal sealed class DefaultProduces(Type type, int statusCode, params string[] contentTypes) : IProducesResponseTypeMetadata
{
    public Type? Type { get; } = type;

    public int StatusCode { get; } = statusCode;

    public IEnumerable<string> ContentTypes { get; } = contentTypes;

    public string? Description { get; init; }
}
