using System.ComponentModel.DataAnnotations;

namespace Switchboard.Core.Diagnostics;

/// <summary>When a query is slow; section <c>Queries</c>.</summary>
public sealed class QueryOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Queries";

    /// <summary>A query that takes longer is logged with its plan.</summary>
    [Range(1, 600_000, ErrorMessage = "Queries:SlowQueryMilliseconds must be from 1 to 600000.")]
    public int SlowQueryMilliseconds { get; init; } = 1_000;

    /// <summary>How long the database may take to tell a plan.</summary>
    [Range(1, 60_000, ErrorMessage = "Queries:PlanTimeoutMilliseconds must be from 1 to 60000.")]
    public int PlanTimeoutMilliseconds { get; init; } = 5_000;
}
