namespace Switchboard.Simulator.Edge;

/// <summary>What the edge answered to a webhook.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="MediaType">The content type, without its parameters.</param>
/// <param name="Body">The body, as text.</param>
internal sealed record EdgeAnswer(int Status, string? MediaType, string Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}
