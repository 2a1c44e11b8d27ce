using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Operations.Performance;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Diagnostics;

/// <summary>What is read from the meters of the frameworks, as they are.</summary>
public sealed class MeterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Answers_of_the_webhook_are_counted_with_its_errors_and_nobody_elses()
    {
        var counters = new RequestCounters(TimeProvider.System);
        await using var app = Start(builder =>
        {
            builder.WebHost.UseTestServer();
            builder.AddServiceDefaults();
            builder.Services.AddSingleton(TimeProvider.System).AddSingleton(counters).AddHostedService<RouteMeter>().AddProblems();
        });
        app.UseProblems();
        app.MapPost("/api/sms/webhook", (HttpRequest request) => request.Query["break"] == "yes" ? throw new BrokerUnavailableException() : "taken");
        app.MapPost("/api/sms/status", () => "taken");
        await app.StartAsync();

        using var client = app.GetTestClient();
        foreach (var path in new[] { "/api/sms/status", "/api/sms/webhook", "/api/sms/webhook?break=yes", "/api/sms/webhook" })
            using (await client.PostAsync(new Uri(path, UriKind.Relative), null))
            {
            }

        // the server measures an answer when it has left
        SpinWait.SpinUntil(() => Webhook().Count == 3, Patience).ShouldBeTrue();
        Webhook().Errors.ShouldBe(1);
        Webhook().LastMinute.AverageMs().ShouldNotBeNull().ShouldBePositive();

        RequestCounts Webhook() => counters.Read().Counters[RouteMeter.SmsWebhook];
    }

    [Fact]
    public async Task What_is_asked_of_tracked_mail_is_counted_together_with_its_webhook_and_nothing_else()
    {
        var counters = new RequestCounters(TimeProvider.System);
        await using var app = Start(builder =>
        {
            builder.WebHost.UseTestServer();
            builder.AddServiceDefaults();
            builder.Services.AddSingleton(TimeProvider.System).AddSingleton(counters).AddHostedService<RouteMeter>().AddProblems();
        });
        app.UseProblems();
        app.MapGet("/api/emails/tracked/{id}", string (string id) => id == "broken" ? throw new BrokerUnavailableException() : id);
        app.MapGet("/api/emails-of-others", () => "not these");
        app.MapGet("/api/webhooks/graph", () => "taken");
        app.MapGet("/api/webhooks/email", () => "not these");
        await app.StartAsync();

        using var client = app.GetTestClient();
        foreach (var path in new[]
                 {
                     "/api/emails-of-others", "/api/webhooks/email", "/api/emails/tracked/1", "/api/emails/tracked/broken", "/api/webhooks/graph",
                 })
            using (await client.GetAsync(new Uri(path, UriKind.Relative)))
            {
            }

        SpinWait.SpinUntil(() => Tracked().Count == 3, Patience).ShouldBeTrue();
        Tracked().Errors.ShouldBe(1);

        RequestCounts Tracked() => counters.Read().Counters[RouteMeter.TrackedMail];
    }

    [Fact]
    public async Task A_connection_is_active_while_a_request_is_on_it_then_idle_then_gone()
    {
        using var meter = new HttpConnectionMeter();
        var arrived = new TaskCompletionSource();
        var answer = new TaskCompletionSource<string>();
        await using var app = Start(builder => builder.WebHost.UseSetting("urls", "http://127.0.0.1:0"));
        app.MapGet("/", () =>
        {
            arrived.SetResult();
            return answer.Task;
        });
        await app.StartAsync();
        var address = new Uri(app.Urls.Single());

        using (var client = new HttpClient())
        {
            var asked = client.GetStringAsync(address);
            await arrived.Task.WaitAsync(Patience);
            Here().ShouldBe([new HostConnections(address.Authority, Active: 1, Idle: 0)]);

            answer.SetResult("done");
            await asked;
            SpinWait.SpinUntil(() => Here() is [{ Active: 0, Idle: 1 }], Patience).ShouldBeTrue();
        }

        SpinWait.SpinUntil(() => Here() is [], Patience).ShouldBeTrue();

        HostConnections[] Here() => [.. meter.Read().Hosts.Where(host => host.Host == address.Authority)];
    }

    private static WebApplication Start(Action<WebApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        configure(builder);
        return builder.Build();
    }
}
