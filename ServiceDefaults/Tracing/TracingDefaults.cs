using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace Switchboard.ServiceDefaults.Tracing;

/// <summary>
/// The section <c>Tracing</c> of the configuration. It stands above <c>OTEL_TRACES_SAMPLER</c>, which Aspire sets to
/// <c>always_on</c>: tracing everything takes more of the machine than the product does.
/// </summary>
internal sealed class TracingOptions
{
    public const string Section = "Tracing";

    /// <summary>
    /// <c>Tracing:TracesPerSecond</c>: so many traces that begin in this process are recorded each second, whatever
    /// <see cref="SampleRatio"/> says: on a quiet system one finds what one has just done. 0 leaves it to the ratio.
    /// </summary>
    [Range(0, 100_000)]
    public double TracesPerSecond { get; set; } = 5;

    /// <summary><c>Tracing:SampleRatio</c>: the share of all other traces that is recorded, 0 to 1. 1 records every one.</summary>
    [Range(0, 1)]
    public double SampleRatio { get; set; } = 0.01;

    /// <summary>With both at 0 nothing is traced, and nothing spent on it.</summary>
    public bool IsOn => TracesPerSecond > 0 || SampleRatio > 0;
}

internal static class TracingDefaults
{
    public static void AddTracingDefaults(this IServiceCollection services)
    {
        // the server gives the path of a request when its span starts, so that the sampler can know a probe
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);

        services.AddOpenTelemetry().WithTracing(traces => traces
            .AddSource("Switchboard.*")
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation(http => http.EnrichWithHttpRequestMessage = HiddenAddress.Apply)
            .SetSampler(provider => new TraceSampler(
                provider.GetRequiredService<IOptions<TracingOptions>>().Value,
                provider.GetService<TimeProvider>() ?? TimeProvider.System)));
    }
}

/// <summary>Requests whose address is a secret itself, such as the webhook of a chat: a span tells their host alone.</summary>
public static class HiddenAddress
{
    private static readonly HttpRequestOptionsKey<bool> Key = new("Switchboard.HiddenAddress");

    /// <summary>Keeps the path and the query of the request out of its span.</summary>
    public static void HideAddress(this HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(Key, true);
    }

    internal static void Apply(Activity span, HttpRequestMessage request)
    {
        if (request.Options.TryGetValue(Key, out var isHidden) && isHidden)
            span.SetTag("url.full", $"{request.RequestUri!.GetLeftPart(UriPartial.Authority)}/REDACTED");
    }
}
