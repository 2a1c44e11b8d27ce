using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Switchboard.ServiceDefaults.Health;

internal static class HealthDefaults
{
    private const string Live = "live";

    public static void AddHealthDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<HealthCheckServiceOptions>, HealthCheckTerms>());

        // As the name of Aspire's check of Redis is. Redis makes the product faster; without it, it works.
        builder.Services.DegradeOnly("StackExchange.Redis");
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(DefaultPaths.Health).AllowAnonymous().DisableHttpMetrics();
        app.MapHealthChecks(DefaultPaths.Alive, new HealthCheckOptions { Predicate = check => check.Tags.Contains(Live) })
            .AllowAnonymous().DisableHttpMetrics();
    }
}
