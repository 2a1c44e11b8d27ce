namespace Switchboard.Core.Jobs;

/// <summary>How soon a job is served. Each priority has its own lane and its own <see cref="RetryPolicy"/>.</summary>
public enum JobPriority
{
    /// <summary>Before anything else; few attempts, quickly.</summary>
    Critical,

    /// <summary>A person is waiting for the effect.</summary>
    High,

    /// <summary>The default.</summary>
    Normal,

    /// <summary>Nobody looks at the clock.</summary>
    Low,

    /// <summary>Housekeeping.</summary>
    VeryLow,
}
