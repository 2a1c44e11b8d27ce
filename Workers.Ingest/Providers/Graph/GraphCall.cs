namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>A call of a batch; all of them only read.</summary>
/// <param name="Url">From after the version on: <c>/me/messages/…</c>.</param>
/// <param name="Prefer">The header of that name.</param>
internal sealed record GraphCall(string Url, string? Prefer = null);

/// <summary>What became of a call of a batch: one of both.</summary>
/// <param name="Content">What it answered.</param>
/// <param name="Failure">Why it did not.</param>
internal sealed record GraphAnswer(GraphContent? Content, GraphException? Failure)
{
    /// <summary>What it answered.</summary>
    /// <exception cref="GraphException">It did not.</exception>
    public GraphContent Read() => Content ?? throw Failure!;
}
