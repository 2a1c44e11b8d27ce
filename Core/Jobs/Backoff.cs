namespace Switchboard.Core.Jobs;

/// <summary>How the wait between the attempts of a job grows.</summary>
public enum Backoff
{
    /// <summary>Base, 2 × base, 4 × base, …</summary>
    Exponential,

    /// <summary>Base, 2 × base, 3 × base, …</summary>
    Linear,
}
