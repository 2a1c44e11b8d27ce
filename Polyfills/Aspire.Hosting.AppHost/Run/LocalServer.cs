using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Run;

/// <summary>How a server that a deployment runs from an image is run here: as a private process.</summary>
internal abstract class LocalServer : IResourceAnnotation
{
    /// <summary>The package of Debian that has the server.</summary>
    public abstract string DebianPackage { get; }

    /// <summary>The user that the server runs as when we are root.</summary>
    public abstract string SystemUser { get; }

    /// <summary>The full path of the server's program, or null if it is not installed.</summary>
    public abstract string? FindProgram();

    /// <summary>Makes data and configuration ready, and says what to start.</summary>
    public abstract Task<ProcessLaunch> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken);

    /// <summary>The first of the programs that is there.</summary>
    protected static string? FirstOf(IEnumerable<string> programs) => programs.FirstOrDefault(File.Exists);
}
