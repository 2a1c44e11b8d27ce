using System.ComponentModel.DataAnnotations;

namespace Switchboard.Core.Redis.Limits;

/// <summary>How the limits of calls to providers are kept; section <c>Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Limits";

    /// <summary>How long Postgres may take for one answer before it counts as away.</summary>
    [Range(1, 60)]
    public int PostgresTimeoutSeconds { get; set; } = 2;

    /// <summary>How often, in milliseconds, a limit that was reached is asked for again.</summary>
    [Range(10, 60_000)]
    public int AskAgainMs { get; set; } = 1_000;

    /// <summary>
    /// How long a slot of a concurrent call is held without being renewed: for so long a process that died keeps its slots, and
    /// for so long at the most nobody gets one after Redis died.
    /// </summary>
    [Range(1, 300)]
    public int SlotSeconds { get; set; } = 15;
}
