namespace FastEndpoints;

/// <summary>A request that takes its body as text, whatever the content type; other properties bind from route, query, ... as usual.</summary>
public interface IPlainTextRequest
{
    /// <summary>The body.</summary>
    string Content { get; set; }
}
