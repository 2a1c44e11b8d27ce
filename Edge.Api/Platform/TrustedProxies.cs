using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;
using ValidationContext = System.ComponentModel.DataAnnotations.ValidationContext;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Which proxies stand in front of the edge; section <c>Proxies</c>.</summary>
internal sealed class ProxyOptions : IValidatableObject
{
    public const string Section = "Proxies";

    /// <summary>
    /// Addresses (<c>10.0.0.7</c>) and networks (<c>10.0.0.0/8</c>) whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are
    /// believed. None at first: any other sender of these headers is not trusted. One setting may name several, with commas between.
    /// </summary>
    public IReadOnlyList<string> Trusted { get; init; } = [];

    private IEnumerable<string> Each => Trusted.SelectMany(some => some.Split(',', StringSplitOptions.TrimEntries));

    /// <summary>The addresses among them.</summary>
    public IEnumerable<IPAddress> Addresses() => Each.Where(one => !IsNetwork(one)).Select(IPAddress.Parse);

    /// <summary>The networks among them.</summary>
    public IEnumerable<IPNetwork> Networks() => Each.Where(IsNetwork).Select(IPNetwork.Parse);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from one in Each
        where IsNetwork(one) ? !IPNetwork.TryParse(one, out _) : !IPAddress.TryParse(one, out _)
        select new ValidationResult($"Proxies:Trusted: '{one}' is neither an address nor a network such as 10.0.0.0/8.", [nameof(Trusted)]);

    private static bool IsNetwork(string one) => one.Contains('/', StringComparison.Ordinal);
}

internal static class ProxyExtensions
{
    /// <summary>
    /// What the proxies in front may say about a request; none unless <see cref="ProxyOptions"/> names them. Set after all
    /// others: <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>, which deployments have, would trust every sender.
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

            // the middleware takes two empty lists for all
            headers.ForwardedHeaders = proxies.Value.Trusted.Count == 0
                ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            // one behind the other: it goes on as long as the next one is trusted too
            headers.ForwardLimit = null;
        });
        return services;
    }

    /// <summary>From here on a request is the one that the first trusted proxy got: its scheme, host and sender's address.</summary>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app) => app.UseForwardedHeaders();
}
