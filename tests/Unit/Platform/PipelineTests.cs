using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Platform;

/// <summary>What every answer has, whatever endpoint there is.</summary>
public sealed class PipelineTests : IAsyncLifetime
{
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.AddServiceDefaults();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddProblems();
        _app = builder.Build();
        _app.UseHead();
        _app.UseRouting();
        _app.UseAnswerHeaders();
        _app.UseProblems();
        _app.UseMediaTypes();
        _app.MapGet("/fine", () => "fine");
        _app.MapGet("/api/secret", () => "a key");
        _app.MapGet("/api/public", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public";
            return "anybody's";
        });
        _app.MapGet("/broken", void () => throw new InvalidOperationException("the inside"));
        _app.MapGet("/unavailable", void () => throw new BrokerUnavailableException());
        _app.MapPost("/json", (HttpContext _) => "taken").Accepts<string>("application/json");
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Every_answer_says_how_long_it_took()
    {
        foreach (var path in new[] { "/fine", "/broken", "/nowhere" })
        {
            using var response = await _app.GetTestClient().GetAsync(new Uri(path, UriKind.Relative));
            response.Headers.GetValues("X-Response-Time").ShouldHaveSingleItem().ShouldMatch(@"^\d+\.\d\dms$");
        }
    }

    [Theory]
    [InlineData("/fine", null)]
    [InlineData("/nowhere", null)]
    [InlineData("/broken", null)]
    [InlineData("/api/secret", "no-store")]
    [InlineData("/api/public", "public")]
    public async Task Every_answer_says_that_it_is_what_its_type_says_and_who_may_keep_it(string path, string? kept)
    {
        using var response = await _app.GetTestClient().GetAsync(new Uri(path, UriKind.Relative));

        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        if (path != "/broken")
            response.Headers.CacheControl?.ToString().ShouldBe(kept);
    }

    [Fact]
    public async Task A_HEAD_is_answered_as_a_GET()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/fine");
        using var response = await _app.GetTestClient().SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "not-found")]
    [InlineData("DELETE", "/fine", 405, "method-not-allowed")]
    [InlineData("POST", "/json", 415, "unsupported-media-type")]
    [InlineData("GET", "/broken", 500, "internal-server-error")]
    [InlineData("GET", "/unavailable", 503, "service-unavailable")]
    public async Task Every_refusal_is_a_problem_of_a_stable_type(string method, string path, int status, string slug)
    {
        using var request = new HttpRequestMessage(new(method), path);
        // a browser gets problems too
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await _app.GetTestClient().SendAsync(request);

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        ((string?)problem["type"]).ShouldBe($"urn:switchboard:problem:{slug}");
        ((int?)problem["status"]).ShouldBe(status);
        problem.ToJsonString().ShouldNotContain("the inside");
    }

    [Fact]
    public async Task What_is_unavailable_says_when_to_come_back()
    {
        using var response = await _app.GetTestClient().GetAsync(new Uri("/unavailable", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (response.Headers.RetryAfter?.Delta).ShouldNotBeNull().TotalSeconds.ShouldBePositive();
    }
}
