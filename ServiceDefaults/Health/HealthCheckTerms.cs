using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Switchboard.ServiceDefaults.Health;

/// <summary>Puts the terms of <see cref="HealthOptions"/> on every check, whoever registered it.</summary>
internal sealed class HealthCheckTerms(
    IOptions<HealthOptions> options, IServiceScopeFactory scopes, TimeProvider? time = null)
    : IPostConfigureOptions<HealthCheckServiceOptions>
{
    public void PostConfigure(string? name, HealthCheckServiceOptions checks)
    {
        foreach (var registration in checks.Registrations)
        {
            if (options.Value.DegradeOnly.Contains(registration.Name))
                registration.FailureStatus = HealthStatus.Degraded;

            var bounded = new BoundedHealthCheck(
                registration.Factory,
                scopes,
                TimeSpan.FromSeconds(options.Value.CheckTimeoutSeconds),
                time ?? TimeProvider.System);
            registration.Factory = _ => bounded;
        }
    }
}
