using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire;

internal static class HealthChecksExtensions
{
    /// <summary>Adds a health check unless this builder has one of its name: the health checks refuse two of one name.</summary>
    public static void TryAddHealthCheck(this IHostApplicationBuilder builder, HealthCheckRegistration registration)
    {
        if (builder.Properties.TryAdd($"Aspire.HealthChecks.{registration.Name}", true))
            builder.Services.AddHealthChecks().Add(registration);
    }
}
