using Microsoft.Extensions.Hosting;
using OpenTelemetry;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts OpenTelemetry into a host.</summary>
public static class OpenTelemetryServicesExtensions
{
    /// <summary>
    /// Adds what starts the providers with the host, and answers the builder that configures them.
    /// It may be called any number of times: all calls configure the same providers.
    /// </summary>
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);

        // First, so that what the other hosted services do while they start is seen.
        if (!services.Any(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType == typeof(TelemetryHostedService)))
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryHostedService>());

        return new OpenTelemetryBuilder(services);
    }
}
