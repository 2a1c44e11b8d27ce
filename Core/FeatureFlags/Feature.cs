namespace Switchboard.Core.FeatureFlags;

/// <summary>An optimisation that can be turned off; the plain path beside it gives the same answers.</summary>
/// <param name="Flag">Its name in the configuration and the environment.</param>
/// <param name="Guards">What it turns on.</param>
public sealed record Feature(string Flag, string Guards)
{
    /// <summary>Lists of tracked mail by the database's own functions.</summary>
    public static readonly Feature OptimizedQueries = new(
        "USE_OPTIMIZED_QUERIES", "lists of tracked mail by the functions of the database, else by plain statements");

    /// <summary>Analytics from what was counted before.</summary>
    public static readonly Feature MaterializedViews = new(
        "USE_MATERIALIZED_VIEWS", "analytics from what is kept of each day, else from all mails");

    /// <summary>Results of queries in the cache.</summary>
    public static readonly Feature QueryCaching = new(
        "ENABLE_QUERY_CACHING", "results of tracked mail (5 min) and analytics (10 min) from the cache, else from the database each time");

    /// <summary>Permits in the process.</summary>
    public static readonly Feature RateLimitCaching = new(
        "ENABLE_RATE_LIMIT_CACHING", "limits of calls to Graph from a budget in the process, else asked of Redis for each call");

    /// <summary>Webhooks in batches.</summary>
    public static readonly Feature BatchWebhooks = new(
        "ENABLE_BATCH_WEBHOOKS", "change notifications taken in batches, else one by one");

    /// <summary>Mail in batches.</summary>
    public static readonly Feature BatchIngestion = new(
        "ENABLE_BATCH_INGESTION", "mail of a mailbox written in batches of hundreds, else one by one");

    /// <summary>Metrics of performance.</summary>
    public static readonly Feature PerformanceMonitoring = new(
        "ENABLE_PERFORMANCE_MONITORING", "the metrics of /api/health/performance");

    /// <summary>Slow queries with their plans.</summary>
    public static readonly Feature SlowQueryAlerts = new(
        "ENABLE_SLOW_QUERY_ALERTS", "queries over one second logged with their plan");

    /// <summary>Every feature.</summary>
    public static readonly IReadOnlyList<Feature> All =
    [
        OptimizedQueries, MaterializedViews, QueryCaching, RateLimitCaching,
        BatchWebhooks, BatchIngestion, PerformanceMonitoring, SlowQueryAlerts,
    ];
}

/// <summary>How one feature stands in this process, for people.</summary>
/// <param name="Flag">Its name.</param>
/// <param name="Guards">What it turns on.</param>
/// <param name="Source">What decides: <c>flag</c> (its flat names), <c>section</c> (<c>FeatureManagement</c>) or <c>default</c>.</param>
/// <param name="Enabled">Whether it is on for anyone; null where the section <c>FeatureManagement</c> decides call by call.</param>
/// <param name="Percentage">For how many of a hundred accounts; null likewise.</param>
/// <param name="Shadow">Whether it only runs beside the plain path.</param>
/// <param name="FailuresInARow">What the circuit breaker counts.</param>
/// <param name="TrippedUntil">Until when the circuit breaker has turned it off; then the next call tries it. Null while it is on.</param>
/// <param name="Shadows">What its shadows showed.</param>
public sealed record FeatureState(
    string Flag,
    string Guards,
    string Source,
    bool? Enabled,
    int? Percentage,
    bool Shadow,
    int FailuresInARow,
    DateTimeOffset? TrippedUntil,
    ShadowCounts Shadows);

/// <summary>What the shadows of one feature showed since this process started.</summary>
/// <param name="Same">Both paths answered the same.</param>
/// <param name="Different">How often the answers differed.</param>
/// <param name="Failed">The optimised path failed or took too long.</param>
/// <param name="Skipped">It did not run, because too many shadows ran already.</param>
public sealed record ShadowCounts(long Same, long Different, long Failed, long Skipped);
