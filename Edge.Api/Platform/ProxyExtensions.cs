using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Platform;

internal static class ProxyExtensions
{
    /// <summary>
    /// What may be said about a request by who passed it on; by nobody unless <see cref="ProxyOptions"/> names them. Set after all
    /// others: <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>, which deployments have, would have everybody believed.
    /// </summary>
    public static IServiceCollection AddTrustedProxies(this IServiceCollection services)
    {
        services.AddOptions<ProxyOptions>().BindConfiguration(ProxyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IOptions<ProxyOptions>>((headers, proxies) =>
        {
            headers.KnownProxies.Clear();
            headers.KnownIPNetworks.Clear();
            foreach (var address in proxies.Value.Addresses())
                headers.KnownProxies.Add(address);
            foreach (var network in proxies.Value.Networks())
                headers.KnownIPNetworks.Add(network);

            // the middleware takes two empty lists for everybody
            headers.ForwardedHeaders = proxies.Value.Trusted.Count == 0
                ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            // one behind the other: it goes on as long as who is named next is trusted too
            headers.ForwardLimit = null;
        });
        return services;
    }

    /// <summary>From here on a request is the one that the first trusted proxy got: its scheme, host and sender's address.</summary>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app) => app.UseForwardedHeaders();
}
