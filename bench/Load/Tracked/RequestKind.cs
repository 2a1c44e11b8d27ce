namespace Switchboard.Load.Tracked;

/// <summary>What is asked of the product.</summary>
internal enum RequestKind
{
    /// <summary>A list of tracked mails.</summary>
    Tracked,

    /// <summary>Figures over them.</summary>
    Analytics,

    /// <summary>The start of a sync.</summary>
    Sync,
}
