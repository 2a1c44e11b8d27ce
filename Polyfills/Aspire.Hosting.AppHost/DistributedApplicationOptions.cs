using System.Reflection;

namespace Aspire.Hosting;

/// <summary>How an application is built.</summary>
public sealed class DistributedApplicationOptions
{
    private string? _projectDirectory;

    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>The name of the app host's assembly; the entry assembly unless said otherwise.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>The folder of the app host's project; noted in its assembly by the build.</summary>
    public string? ProjectDirectory
    {
        get => _projectDirectory ?? Noted("AppHostProjectPath");
        set => _projectDirectory = value;
    }

    /// <summary>Run without the dashboard; a resource that waits for a failed one then fails too.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Send what the resources print to the app host's loggers.</summary>
    public bool EnableResourceLogging { get; set; }

    internal Assembly? Assembly => AssemblyName is { Length: > 0 } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();

    internal string? ProjectName => Noted("AppHostProjectName");

    private string? Noted(string key) => Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(note => string.Equals(note.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
