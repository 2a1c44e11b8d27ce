using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Switchboard.ServiceDefaults.Health;

/// <summary>How health checks run; the section <c>Health</c> of the configuration.</summary>
internal sealed class HealthOptions
{
    public const string Section = "Health";

    /// <summary>
    /// <c>Health:CheckTimeoutSeconds</c>: how long a check may take; then it counts as failed. A probe gives up after a few seconds itself.
    /// </summary>
    [Range(0.05, 60)]
    public double CheckTimeoutSeconds { get; set; } = 1.8;

    /// <summary>The checks that only degrade.</summary>
    public HashSet<string> DegradeOnly { get; } = new(StringComparer.Ordinal);
}

/// <summary>The health checks that every process has, and the terms of those that the clients of the servers register.</summary>
public static class HealthDefaults
{
    private const string Live = "live";

    /// <summary>
    /// A failure of this check leaves the process ready, only degraded: <c>/health</c> answers 200 and <c>Degraded</c>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="checkName">The name of the check, as it was or will be registered.</param>
    public static IServiceCollection DegradeOnly(this IServiceCollection services, string checkName) =>
        services.Configure<HealthOptions>(options => options.DegradeOnly.Add(checkName));

    internal static void AddHealthDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<HealthOptions>().BindConfiguration(HealthOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<ManagementOptions>()
            .BindConfiguration(ManagementOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);
        builder.Services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<HealthCheckServiceOptions>, HealthCheckTerms>());

        // As the name of Aspire's check of Redis is. Redis makes the product faster; without it, it works.
        builder.Services.DegradeOnly("StackExchange.Redis");
    }

    internal static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(DefaultPaths.Health, new HealthCheckOptions { ResponseWriter = WriteAsync })
            .AllowAnonymous().DisableHttpMetrics();
        app.MapHealthChecks(DefaultPaths.Alive, new HealthCheckOptions { Predicate = check => check.Tags.Contains(Live) })
            .AllowAnonymous().DisableHttpMetrics();
    }

    // the status alone in the first line, as ever; below it, for operators, what cannot be done and by what
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain";
        var reasons = report.Entries
            .Where(check => check.Value.Status != HealthStatus.Healthy && context.IsForOperators())
            .Select(check => $"{check.Key}: {ReasonOf(check.Value)}");
        return context.Response.WriteAsync(string.Join('\n', reasons.Prepend(report.Status.ToString())), context.RequestAborted);
    }

    // not the words of an exception, which may name addresses and users
    private static string ReasonOf(HealthReportEntry check) =>
        check is { Exception: null or TimeoutException, Description: { Length: > 0 } reason } ? reason : "It is not available.";

    /// <summary>Puts the terms of <see cref="HealthOptions"/> on every check, whoever registered it.</summary>
    private sealed class HealthCheckTerms(
        IOptions<HealthOptions> options, IServiceScopeFactory scopes, ILogger<BoundedHealthCheck> logger, TimeProvider? timeProvider = null)
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
                    timeProvider ?? TimeProvider.System,
                    logger);
                registration.Factory = _ => bounded;
            }
        }
    }
}
