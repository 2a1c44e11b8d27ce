namespace Aspire.Hosting.ApplicationModel;

/// <summary>Says that a resource starts only after another got somewhere.</summary>
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    /// <summary>Who is waited for.</summary>
    public IResource Resource { get; } = resource;

    public WaitType WaitType { get; } = waitType;

    /// <summary>What to do when the other fails; null leaves it to the application.</summary>
    public WaitBehavior? WaitBehavior { get; set; }

    /// <summary>The exit code that counts as completion.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>What is waited for.</summary>
public enum WaitType
{
    /// <summary>It runs, and its health checks pass.</summary>
    WaitUntilHealthy,

    /// <summary>It has ended with the expected exit code.</summary>
    WaitForCompletion,

    /// <summary>It runs.</summary>
    WaitUntilStarted,
}

/// <summary>What to do when a resource that is waited for fails.</summary>
public enum WaitBehavior
{
    /// <summary>Go on waiting: somebody may start it again.</summary>
    WaitOnResourceUnavailable,

    /// <summary>Stop waiting, and fail.</summary>
    StopOnResourceUnavailable,
}
