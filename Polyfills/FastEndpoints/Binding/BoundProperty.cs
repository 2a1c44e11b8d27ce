using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

/// <summary>A property of a request type, ready to be set from text.</summary>
internal sealed class BoundProperty
{
    /// <summary>The field, header or claim it is read from.</summary>
    public required string Name { get; init; }

    public required Type Type { get; init; }

    public required Action<object, object?> Set { get; init; }

    public required Func<StringValues, ParseResult> Parse { get; init; }

    public Source ClosedSources { get; init; }

    /// <summary>Whether the absence of its header or claim is a failure.</summary>
    public bool IsRequired { get; init; }
}
