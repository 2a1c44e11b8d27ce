namespace Switchboard.ServiceDefaults.Health;

/// <summary>How health checks run.</summary>
internal sealed class HealthOptions
{
    /// <summary>How long a check may take; then it counts as failed. A probe gives up after a few seconds itself.</summary>
    public double CheckTimeoutSeconds { get; set; } = 1.8;

    /// <summary>The checks that only degrade.</summary>
    public HashSet<string> DegradeOnly { get; } = new(StringComparer.Ordinal);
}
