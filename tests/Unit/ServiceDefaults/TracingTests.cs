using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Switchboard.ServiceDefaults.Tracing;
using Switchboard.Tests.Unit.Providers;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class TracingTests
{
    [Fact]
    public async Task Without_an_endpoint_for_telemetry_nothing_listens_to_activities()
    {
        await using var host = await DefaultsHost.StartAsync();

        host.App.Services.GetService<TracerProvider>().ShouldBeNull();
        host.App.Configuration["Aspire:Npgsql:DisableTracing"].ShouldBe("true");
        host.App.Configuration["Aspire:StackExchange:Redis:DisableTracing"].ShouldBe("true");
    }

    [Fact]
    public async Task With_no_trace_wanted_nothing_listens_to_activities_either()
    {
        using var source = new ActivitySource("Switchboard.Testing.Off");
        await using var host = await DefaultsHost.StartAsync(settings: new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "100",
            ["Tracing:TracesPerSecond"] = "0",
            ["Tracing:SampleRatio"] = "0",
        });

        host.App.Configuration["Aspire:Npgsql:DisableTracing"].ShouldBe("true");
        source.HasListeners().ShouldBeFalse();
    }

    [Fact]
    public void The_spans_of_RabbitMQ_are_those_of_the_jobs_unless_someone_says_otherwise()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddServiceDefaults();
        builder.Configuration["Aspire:RabbitMQ:Client:DisableTracing"].ShouldBe("true");

        var told = Host.CreateEmptyApplicationBuilder(null);
        told.Configuration.AddInMemoryCollection([new("Aspire:RabbitMQ:Client:DisableTracing", "false")]);
        told.AddServiceDefaults();
        told.Configuration["Aspire:RabbitMQ:Client:DisableTracing"].ShouldBe("false");
    }

    [Fact]
    public async Task A_request_is_a_span_with_its_route_and_status()
    {
        await using var traced = await Traced.StartAsync(app => app.MapPost("/api/traced/{id}", (int id) => Results.Accepted()));

        await traced.Host.Http.PostAsync(new Uri("/api/traced/7", UriKind.Relative), content: null);

        var span = await traced.SpanOfAsync("/api/traced/7");
        span.DisplayName.ShouldBe("POST /api/traced/{id}");
        span.GetTagItem("http.route").ShouldBe("/api/traced/{id}");
        span.GetTagItem("http.request.method").ShouldBe("POST");
        span.GetTagItem("http.response.status_code").ShouldBe(202);
        span.Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task An_exception_is_an_error_and_a_callers_error_is_not()
    {
        await using var traced = await Traced.StartAsync(app =>
        {
            app.UseExceptionHandler();
            app.UseRouting();
            app.MapGet("/api/fails", string () => throw new InvalidOperationException("no"));
        });

        await traced.Host.GetAsync("/api/fails");
        var failed = await traced.SpanOfAsync("/api/fails");
        failed.GetTagItem("http.response.status_code").ShouldBe(500);
        failed.Status.ShouldBe(ActivityStatusCode.Error);

        await traced.Host.GetAsync("/nowhere/traced");
        var missed = await traced.SpanOfAsync("/nowhere/traced");
        missed.DisplayName.ShouldBe("GET");
        missed.Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task A_trace_that_a_caller_began_goes_on()
    {
        await using var traced = await Traced.StartAsync(
            app => app.MapGet("/api/goes-on", () => "yes"),
            settings: new() { ["Tracing:TracesPerSecond"] = "0", ["Tracing:SampleRatio"] = "0.0000001" });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/goes-on");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        await traced.Host.Http.SendAsync(request);

        var span = await traced.SpanOfAsync("/api/goes-on");
        span.TraceId.ToHexString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        span.ParentSpanId.ToHexString().ShouldBe("b7ad6b7169203331");
    }

    [Fact]
    public async Task Probes_and_what_they_call_are_not_traced()
    {
        using var source = new ActivitySource("Switchboard.Testing.Probes");
        var recorded = new ConcurrentBag<bool>();
        await using var traced = await Traced.StartAsync(
            app => app.MapGet("/api/after", () =>
            {
                using var query = source.StartActivity("query", ActivityKind.Client);
                return query?.Recorded;
            }),
            b => b.Services.AddHealthChecks().AddCheck("query", () =>
            {
                using var query = source.StartActivity("query", ActivityKind.Client);
                recorded.Add(query?.Recorded ?? false);
                return HealthCheckResult.Healthy();
            }));

        await traced.Host.GetAsync("/health");
        await traced.Host.GetAsync("/alive");
        await traced.Host.GetAsync("/metrics");
        (await traced.Host.GetStringAsync("/api/after")).ShouldBe("true");

        await traced.SpanOfAsync("/api/after");
        traced.Passed.ShouldNotContain(path => path == "/health" || path == "/alive" || path == "/metrics");
        recorded.ShouldBe([false]);
    }

    [Fact]
    public async Task What_runs_in_the_background_without_a_beginning_is_not_traced()
    {
        using var source = new ActivitySource("Switchboard.Testing.Background");
        await using var traced = await Traced.StartAsync(_ => { });

        using (var poll = source.StartActivity("SELECT", ActivityKind.Client))
            (poll?.Recorded ?? false).ShouldBeFalse();
        using (var job = source.StartActivity("due-job", ActivityKind.Consumer))
        using (var query = source.StartActivity("SELECT", ActivityKind.Client))
        {
            job!.Recorded.ShouldBeTrue();
            query!.Recorded.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task An_address_that_is_a_secret_is_not_in_the_span_of_its_call()
    {
        await using var server = await LoopbackServer.StartAsync(_ => Task.CompletedTask);
        using var source = new ActivitySource("Switchboard.Testing.Hidden");
        await using var traced = await Traced.StartAsync(_ => { });
        using var http = new HttpClient();
        using (source.StartActivity("job", ActivityKind.Consumer))
        {
            using var hidden = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, "/services/T1/s3cret?sig=s3cret"));
            hidden.HideAddress();
            await http.SendAsync(hidden);
            await http.GetAsync(new Uri(server.Url, "/open"));
        }

        var spans = await traced.CallsAsync(server.Url.Port, 2);
        spans.SelectMany(span => span.TagObjects).ShouldNotContain(tag => $"{tag.Value}".Contains("s3cret", StringComparison.Ordinal));
        spans.ConvertAll(span => (string?)span.GetTagItem("url.full")).ShouldBe([$"{server.Url}REDACTED", $"{server.Url}open"]);
    }

    private sealed class Traced(DefaultsHost host, Spans spans) : IAsyncDisposable
    {
        public DefaultsHost Host => host;

        public static async Task<Traced> StartAsync(
            Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null, Dictionary<string, string?>? settings = null)
        {
            var spans = new Spans();
            var host = await DefaultsHost.StartAsync(
                b =>
                {
                    b.Services.ConfigureOpenTelemetryTracerProvider(t => t.AddProcessor(spans));
                    configure?.Invoke(b);
                },
                map,
                new(settings ?? [])
                {
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1",
                    ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "100",
                    // as Aspire says it in Development: the product's own sampling stands above it
                    ["OTEL_TRACES_SAMPLER"] = "always_on",
                });
            return new Traced(host, spans);
        }

        public List<string?> Passed { get; } = [];

        // Activities are the process's: those of the hosts of other tests come by here too.
        public async Task<Activity> SpanOfAsync(string path)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await foreach (var span in spans.OfServer.Reader.ReadAllAsync(patience.Token))
            {
                if (span.GetTagItem("url.path") is string seen && seen == path)
                    return span;
                Passed.Add(span.GetTagItem("url.path") as string);
            }

            throw new InvalidOperationException($"No span of {path}.");
        }

        /// <summary>So many calls to this port.</summary>
        public async Task<List<Activity>> CallsAsync(int port, int count)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            return await spans.OfClient.Reader.ReadAllAsync(patience.Token)
                .Where(span => span.GetTagItem("server.port") is int seen && seen == port).Take(count).ToListAsync(patience.Token);
        }

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }

    private sealed class Spans : BaseProcessor<Activity>
    {
        public Channel<Activity> OfServer { get; } = Channel.CreateUnbounded<Activity>();

        public Channel<Activity> OfClient { get; } = Channel.CreateUnbounded<Activity>();

        // a span ends after its answer has been sent
        public override void OnEnd(Activity data)
        {
            if (data.Kind == ActivityKind.Client)
                OfClient.Writer.TryWrite(data);
            if (data.Kind == ActivityKind.Server)
                OfServer.Writer.TryWrite(data);
        }
    }
}
