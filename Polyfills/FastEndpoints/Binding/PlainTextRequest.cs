namespace FastEndpoints;

/// <summary>A request that is its body's text and nothing else.</summary>
public class PlainTextRequest : IPlainTextRequest
{
    /// <inheritdoc />
    public string Content { get; set; } = null!;
}
