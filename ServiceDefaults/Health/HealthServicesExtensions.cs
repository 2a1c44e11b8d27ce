using Microsoft.Extensions.DependencyInjection;

namespace Switchboard.ServiceDefaults.Health;

/// <summary>Terms of health checks that someone else registers.</summary>
public static class HealthServicesExtensions
{
    /// <summary>
    /// A failure of this check leaves the process ready, only degraded: <c>/health</c> answers 200 and <c>Degraded</c>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="checkName">The name of the check, as it was or will be registered.</param>
    public static IServiceCollection DegradeOnly(this IServiceCollection services, string checkName) =>
        services.Configure<HealthOptions>(options => options.DegradeOnly.Add(checkName));
}
