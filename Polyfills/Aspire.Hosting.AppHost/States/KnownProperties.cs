namespace Aspire.Hosting.ApplicationModel;

/// <summary>The names of properties in snapshots.</summary>
internal static class KnownProperties
{
    public const string Source = "resource.source";
    public const string WaitingFor = "resource.waitingFor";
    public const string ExecutablePath = "executable.path";
    public const string ExecutablePid = "executable.pid";
    public const string ProjectPath = "project.path";
}
