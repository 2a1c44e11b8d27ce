using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// What the health checks of the clients do not see: a server that answers and does not do its work. Both are part of readiness
/// (<c>/health</c>) and say what cannot be done, and by what.
/// </summary>
internal static class ServerChecks
{
    public static IServiceCollection AddServerChecks(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .Add(new("postgres-writes", provider => new PostgresWrites(provider.GetRequiredService<NpgsqlDataSource>()), null, null))
            .Add(new("rabbitmq-publishes", provider => new BrokerPublishes(provider.GetService<JobPublisher>()), null, null));
        return services;
    }

    /// <summary>Postgres may only read: a standby, a demoted primary, or by its settings.</summary>
    internal sealed class PostgresWrites(NpgsqlDataSource dataSource) : IHealthCheck
    {
        private const string Sql = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean";

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var command = dataSource.CreateCommand(Sql);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            return (IsStandby: row.GetBoolean(0), IsReadOnly: row.GetBoolean(1)) switch
            {
                { IsStandby: true } => HealthCheckResult.Unhealthy("Postgres takes no writes: it is a standby."),
                { IsReadOnly: true } => HealthCheckResult.Unhealthy("Postgres takes no writes: default_transaction_read_only is on."),
                _ => HealthCheckResult.Healthy(),
            };
        }
    }

    /// <summary>
    /// The broker has told this process that it blocks publishers, as it does while it lacks memory or disk. It tells a connection so when
    /// that publishes for the first time after the alarm.
    /// </summary>
    internal sealed class BrokerPublishes(JobPublisher? publisher) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(Of(publisher?.BlockedReason));

        public static HealthCheckResult Of(string? blockedReason) => blockedReason is null
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"RabbitMQ takes no jobs: it blocks publishers ({blockedReason}).");
    }
}
