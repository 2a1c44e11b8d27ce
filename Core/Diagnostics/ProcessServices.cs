namespace Switchboard.Core.Diagnostics;

/// <summary>What processes there are, as reports name them.</summary>
public static class ProcessServices
{
    /// <summary>Answers HTTP.</summary>
    public const string Edge = "edge";

    /// <summary>Takes in what came.</summary>
    public const string Ingest = "ingest";

    /// <summary>Sends what goes out.</summary>
    public const string Dispatch = "dispatch";

    /// <summary>Counts and prunes.</summary>
    public const string Analytics = "analytics";
}
