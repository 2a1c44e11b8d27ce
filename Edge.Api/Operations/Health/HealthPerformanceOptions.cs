using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Operations.Health;

/// <summary>How far each number of <c>/api/health/performance</c> may go; section <c>HealthPerformance</c>.</summary>
internal sealed class HealthPerformanceOptions
{
    public const string Section = "HealthPerformance";

    /// <summary>What 95 % of the queries of requests must not exceed, in milliseconds.</summary>
    [Range(1, 600_000, ErrorMessage = "HealthPerformance:MaxQueryP95Milliseconds must be from 1 to 600000.")]
    public int MaxQueryP95Milliseconds { get; init; } = 500;

    /// <summary>The share of the lookups of tracked mail and analytics, 0 to 1, that the cache must answer.</summary>
    [Range(0.0, 1.0, ErrorMessage = "HealthPerformance:MinCacheHitRate must be from 0 to 1.")]
    public double MinCacheHitRate { get; init; } = 0.5;

    /// <summary>How many mails an hour must at least be recorded; 0 where nights are quiet.</summary>
    [Range(0, int.MaxValue, ErrorMessage = "HealthPerformance:MinMailsPerHour must be 0 or more.")]
    public int MinMailsPerHour { get; init; }

    /// <summary>How many jobs of the webhook a minute must at least be done; 0 likewise.</summary>
    [Range(0, int.MaxValue, ErrorMessage = "HealthPerformance:MinWebhookJobsPerMinute must be 0 or more.")]
    public int MinWebhookJobsPerMinute { get; init; }

    /// <summary>How many jobs may wait.</summary>
    [Range(1, WaitingJobs.CountedAtMost, ErrorMessage = "HealthPerformance:MaxQueueDepth must be from 1 to 100000.")]
    public int MaxQueueDepth { get; init; } = 10_000;

    /// <summary>The share of the connections to Postgres, 0 to 1, that may be in use over all processes.</summary>
    [Range(0.0, 1.0, ErrorMessage = "HealthPerformance:MaxPoolUse must be from 0 to 1.")]
    public double MaxPoolUse { get; init; } = 0.9;

    /// <summary>The share of requests, 0 to 1, that may fail by our fault.</summary>
    [Range(0.0, 1.0, ErrorMessage = "HealthPerformance:MaxErrorRate must be from 0 to 1.")]
    public double MaxErrorRate { get; init; } = 0.05;

    /// <summary>
    /// The share of the checks of Graph's limit, 0 to 1, that the processes must answer themselves. Zero only shows it: each mailbox asks
    /// Redis first, so among many that are quiet a low share is right.
    /// </summary>
    [Range(0.0, 1.0, ErrorMessage = "HealthPerformance:MinLocalLimitRate must be from 0 to 1.")]
    public double MinLocalLimitRate { get; init; }
}
