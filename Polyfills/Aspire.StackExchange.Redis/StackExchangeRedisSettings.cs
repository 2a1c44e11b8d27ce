namespace Aspire.StackExchange.Redis;

/// <summary>
/// How a process reaches its Redis. Bound from <c>Aspire:StackExchange:Redis</c> and <c>Aspire:StackExchange:Redis:{connectionName}</c>.
/// </summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>The comma-delimited configuration; <c>ConnectionStrings:{connectionName}</c> wins over a bound one.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>True: no health check <c>StackExchange.Redis</c>.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True: no subscription to the activities of Redis commands.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>False: connects while the host starts rather than on first use. Default: true.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
