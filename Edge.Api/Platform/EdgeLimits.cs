namespace Switchboard.Edge.Api.Platform;

/// <summary>How large a request may be.</summary>
internal static class EdgeLimits
{
    /// <summary>The longest body, in bytes: 1 MiB.</summary>
    public const int MaxBodyBytes = 1024 * 1024;
}
