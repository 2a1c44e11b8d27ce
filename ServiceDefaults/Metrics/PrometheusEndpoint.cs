using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Switchboard.ServiceDefaults.Metrics;

internal static class PrometheusEndpoint
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void MapPrometheus(this IEndpointRouteBuilder app) =>
        app.MapGet(DefaultPaths.Metrics, async (PrometheusScraper scraper, CancellationToken ct) =>
                Results.Text(await scraper.ScrapeAsync(ct), ContentType, Encoding.UTF8))
            .AllowAnonymous()
            .DisableHttpMetrics()
            .ExcludeFromDescription();
}
