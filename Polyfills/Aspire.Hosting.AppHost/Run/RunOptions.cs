namespace Aspire.Hosting.Run;

/// <summary>Settings of run mode, section <c>LocalServers</c>.</summary>
internal sealed class RunOptions
{
    /// <summary>
    /// Where servers keep their data, and where the Aspire CLI is looked for; relative to the app host's folder. Version control should ignore it.
    /// </summary>
    public string Folder { get; set; } = "obj/.aspire";
}
