namespace Aspire.Npgsql;

/// <summary>How a process reaches its Postgres. Bound from <c>Aspire:Npgsql</c> and <c>Aspire:Npgsql:{connectionName}</c>.</summary>
public class NpgsqlSettings
{
    /// <summary>The connection string; <c>ConnectionStrings:{connectionName}</c> wins over a bound one.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>True: no health check <c>PostgreSql</c>.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True: no subscription to Npgsql's activities.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>True: no subscription to Npgsql's meter.</summary>
    public bool DisableMetrics { get; set; }
}
