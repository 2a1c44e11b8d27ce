namespace Switchboard.ServiceDefaults;

/// <summary>The paths that every process serves.</summary>
public static class DefaultPaths
{
    /// <summary>Every health check.</summary>
    public const string Health = "/health";

    /// <summary>The checks of the process itself.</summary>
    public const string Alive = "/alive";

    /// <summary>Prometheus text.</summary>
    public const string Metrics = "/metrics";

    /// <summary>Whether a request is a probe: it comes every few seconds and says nothing in a trace.</summary>
    public static bool IsProbe(string? path) => path is Health or Alive or Metrics;
}
