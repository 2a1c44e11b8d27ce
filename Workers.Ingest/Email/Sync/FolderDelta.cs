using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>How far the changes of a folder are read.</summary>
/// <param name="name">The folder.</param>
/// <param name="kept">From where it is read on, as it was stored; null if it never was.</param>
/// <param name="first">Where it begins.</param>
internal sealed class FolderDelta(string name, string? kept, string first)
{
    public string Name { get; } = name;

    /// <summary>The next call.</summary>
    public string Link { get; private set; } = kept ?? first;

    /// <summary>What is to be stored; null for the beginning.</summary>
    public string? Kept { get; private set; } = kept;

    /// <summary>Whether it goes on from a place that Graph gave.</summary>
    public bool IsKept => Kept is not null;

    /// <summary>Whether there are no more changes at the moment.</summary>
    public bool IsDone { get; private set; }

    /// <summary>After a page was read.</summary>
    /// <exception cref="GraphException">The page does not say where to read on.</exception>
    public void MoveTo(GraphContent page)
    {
        if ((page.NextLink ?? page.DeltaLink) is not { } link || GraphPaths.Relative(link) is not { } relative)
            throw new GraphException(GraphFailure.Unavailable, "Graph does not say where to read on.");
        (Link, Kept, IsDone) = (relative, relative, page.NextLink is null);
    }

    /// <summary>Begins anew.</summary>
    public void Begin(string link) => (Link, Kept) = (link, null);
}
