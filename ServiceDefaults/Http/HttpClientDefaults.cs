using System.Net.Http.Headers;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;

namespace Switchboard.ServiceDefaults.Http;

internal static class HttpClientDefaults
{
    /// <summary>
    /// Every client: the standard resilience pipeline, one for each host, so that a provider that is down opens its own circuit
    /// only; inside it service discovery, so that another attempt may go to another instance; and the product's name.
    /// A POST and its like is sent once: whether it took effect is not known, and another attempt is the job's to decide.
    /// </summary>
    public static void AddHttpClientDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods()).SelectPipelineByAuthority();
            http.AddServiceDiscovery();
            http.ConfigureHttpClient(client => client.DefaultRequestHeaders.UserAgent.Add(Product));
        });
    }

    public static ProductInfoHeaderValue Product { get; } = new("Switchboard", Version());

    // "1.2.3+commit" is one token in a version, but the commit is nobody else's business.
    private static string Version() =>
        typeof(HttpClientDefaults).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];
}
