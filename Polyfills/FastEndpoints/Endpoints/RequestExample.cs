namespace FastEndpoints;

/// <summary>An example of a request.</summary>
/// <param name="value">The request.</param>
/// <param name="label">Its name.</param>
/// <param name="summary">One line.</param>
/// <param name="description">All of it.</param>
public sealed class RequestExample(object value, string label = "Example", string? summary = null, string? description = null)
{
    /// <summary>The request.</summary>
    public object Value { get; init; } = value;

    /// <summary>Its name.</summary>
    public string Label { get; } = label;

    /// <summary>One line.</summary>
    public string? Summary { get; init; } = summary;

    /// <summary>All of it.</summary>
    public string? Description { get; init; } = description;
}
