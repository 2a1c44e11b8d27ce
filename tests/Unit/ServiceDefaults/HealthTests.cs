using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Switchboard.ServiceDefaults.Health;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class HealthTests
{
    [Fact]
    public async Task A_process_without_dependencies_is_healthy_and_alive()
    {
        await using var host = await DefaultsHost.StartAsync();

        (await host.GetStringAsync("/health")).ShouldBe("Healthy");
        (await host.GetStringAsync("/alive")).ShouldBe("Healthy");
    }

    [Fact]
    public async Task A_dependency_that_fails_makes_it_unready_but_leaves_it_alive()
    {
        await using var host = await DefaultsHost.StartAsync(
            b => b.Services.AddHealthChecks().AddCheck("PostgreSql", () => HealthCheckResult.Unhealthy("Postgres takes no writes.")));

        var health = await host.GetAsync("/health");

        health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await health.Content.ReadAsStringAsync()).ShouldBe("Unhealthy\nPostgreSql: Postgres takes no writes.");
        (await host.GetStringAsync("/alive")).ShouldBe("Healthy");
    }

    [Fact]
    public async Task Outside_Development_anybody_is_told_one_word_and_no_metrics()
    {
        await using var host = await DefaultsHost.StartAsync(
            b => b.Services.AddHealthChecks().AddCheck("PostgreSql", () => HealthCheckResult.Unhealthy("Postgres takes no writes.")),
            environment: "Production");

        (await (await host.GetAsync("/health")).Content.ReadAsStringAsync()).ShouldBe("Unhealthy");
        (await host.GetStringAsync("/alive")).ShouldBe("Healthy");
        (await host.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(8081, "Unhealthy\nPostgreSql: Postgres takes no writes.", 200)]
    [InlineData(8080, "Unhealthy", 404)]
    public async Task The_management_port_tells_all_of_it_whatever_host_a_request_names(int port, string health, int metrics)
    {
        await using var host = await DefaultsHost.StartAsync(
            b => b.Services.AddHealthChecks().AddCheck("PostgreSql", () => HealthCheckResult.Unhealthy("Postgres takes no writes.")),
            settings: new() { ["Management:Port"] = "8081" },
            environment: "Production");

        (await AskAsync(host, "/health", port)).Body.ShouldBe(health);
        (await AskAsync(host, "/metrics", port)).Status.ShouldBe(metrics);
    }

    [Fact]
    public async Task Without_Redis_it_is_only_degraded()
    {
        await using var host = await DefaultsHost.StartAsync(
            b => b.Services.AddHealthChecks().AddCheck("StackExchange.Redis", new Failing()));

        var health = await host.GetAsync("/health");

        health.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await health.Content.ReadAsStringAsync()).Split('\n')[0].ShouldBe("Degraded");
    }

    [Fact]
    public async Task A_process_can_name_other_checks_that_only_degrade()
    {
        await using var host = await DefaultsHost.StartAsync(b =>
        {
            b.Services.AddHealthChecks().AddCheck("provider", new Failing());
            b.Services.DegradeOnly("provider");
        });

        (await host.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_check_that_hangs_is_answered_for_within_two_seconds()
    {
        await using var host = await DefaultsHost.StartAsync(
            b => b.Services.AddHealthChecks().AddAsyncCheck("hangs", _ => new TaskCompletionSource<HealthCheckResult>().Task));

        // two seconds, and what a busy machine adds to them
        var health = await host.GetAsync("/health").WaitAsync(TimeSpan.FromSeconds(10));

        health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task While_a_check_hangs_no_second_one_is_started()
    {
        var started = 0;
        var release = new TaskCompletionSource<HealthCheckResult>();
        await using var services = new ServiceCollection().BuildServiceProvider();
        var check = new BoundedHealthCheck(
            _ =>
            {
                Interlocked.Increment(ref started);
                return new Waiting(release.Task);
            },
            services.GetRequiredService<IServiceScopeFactory>(),
            TimeSpan.FromMilliseconds(30),
            TimeProvider.System,
            NullLogger<BoundedHealthCheck>.Instance);
        var context = new HealthCheckContext { Registration = new("hangs", new Failing(), HealthStatus.Unhealthy, tags: null) };

        for (var i = 0; i < 3; i++)
            (await check.CheckHealthAsync(context)).Status.ShouldBe(HealthStatus.Unhealthy);
        started.ShouldBe(1);

        release.SetResult(HealthCheckResult.Healthy());
        var last = await check.CheckHealthAsync(context);
        last.Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_start_is_no_error_and_an_outage_is_one_warning()
    {
        var logs = new FakeLogCollector();
        var isUp = false;
        await using var host = await DefaultsHost.StartAsync(b =>
        {
            b.Logging.AddProvider(new FakeLoggerProvider(logs));
            b.Services.AddHealthChecks().AddCheck(
                "server", () => isUp ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("refused"));
        });

        await host.GetAsync("/health");
        await host.GetAsync("/health");
        isUp = true;
        await host.GetAsync("/health");
        isUp = false;
        await host.GetAsync("/health");
        await host.GetAsync("/health");

        var said = logs.GetSnapshot().Where(log => log.Category!.Contains("Health", StringComparison.Ordinal));
        said.Select(log => (log.Level, log.Message)).ShouldBe(
        [
            (LogLevel.Information, "Health check server fails: refused"),
            (LogLevel.Information, "Health check server passes"),
            (LogLevel.Warning, "Health check server fails: refused"),
        ]);
    }

    [Fact]
    public async Task A_check_that_throws_counts_as_failed()
    {
        await using var host = await DefaultsHost.StartAsync(
            b => b.Services.AddHealthChecks().AddCheck("throws", () => throw new InvalidOperationException("no")));

        (await host.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Probes_need_no_key_even_where_everything_else_does()
    {
        await using var host = await DefaultsHost.StartAsync(
            b =>
            {
                b.Services.AddAuthentication();
                b.Services.AddAuthorizationBuilder().SetFallbackPolicy(new(
                    [new Microsoft.AspNetCore.Authorization.Infrastructure.DenyAnonymousAuthorizationRequirement()], []));
            },
            app => app.UseAuthorization());

        foreach (var path in new[] { "/health", "/alive", "/metrics" })
            ((int)(await host.GetAsync(path)).StatusCode).ShouldBe(StatusCodes.Status200OK, path);
    }

    private static async Task<(int Status, string Body)> AskAsync(DefaultsHost host, string path, int port)
    {
        var context = await host.App.GetTestServer().SendAsync(request =>
        {
            request.Request.Method = "GET";
            request.Request.Path = path;
            request.Request.Host = new HostString("localhost", 8081);
            request.Connection.LocalPort = port;
        });
        using var body = new StreamReader(context.Response.Body);
        return (context.Response.StatusCode, await body.ReadToEndAsync());
    }

    private sealed class Failing : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus));
    }

    private sealed class Waiting(Task<HealthCheckResult> result) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            result;
    }
}
