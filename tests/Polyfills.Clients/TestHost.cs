using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Switchboard.Tests.Polyfills.Clients;

/// <summary>A host with nothing in it but what a test puts there.</summary>
internal static class TestHost
{
    /// <summary>Port 1 of this machine: nobody listens there.</summary>
    public const int NobodysPort = 1;

    public static HostApplicationBuilder With(params (string Key, string Value)[] configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(configuration.ToDictionary(c => c.Key, c => (string?)c.Value));
        return builder;
    }

    public static async Task<HealthReportEntry> CheckAsync(this IHost host, string name)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        report.Entries.Keys.ShouldContain(name);
        return report.Entries[name];
    }
}
