using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Switchboard.ServiceDefaults.Tracing;

internal static class TracingDefaults
{
    public static void AddTracingDefaults(this IServiceCollection services)
    {
        // ASP.NET Core 10 puts the method, the path and the server on a request's span itself, when this is off.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);

        services.AddSingleton<IStartupFilter, ServerSpanFilter>();
        services.AddOpenTelemetry().WithTracing(traces => traces
            .AddSource("Switchboard.*", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql")
            .AddProcessor(new ProbeFilter()));
    }
}
