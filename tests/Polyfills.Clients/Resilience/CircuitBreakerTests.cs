using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly.CircuitBreaker;

namespace Switchboard.Tests.Polyfills.Clients.Resilience;

public sealed class CircuitBreakerTests
{
    private static readonly Uri Down = new("http://down.test/");

    [Fact]
    public async Task After_a_hundred_requests_of_which_a_tenth_failed_the_circuit_is_open_for_five_seconds()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler(NoRetry));

        await FailAsync(client, 10);
        client.Server.AnswerWith(HttpStatusCode.OK);
        for (var i = 0; i < 88; i++)
            await client.Http.GetAsync(Down);
        (await client.Http.GetAsync(Down)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await FailAsync(client, 1);

        await Should.ThrowAsync<BrokenCircuitException>(client.Http.GetAsync(Down));
        client.Server.AskedAt.Count.ShouldBe(100);

        client.Server.AnswerWith(HttpStatusCode.OK);
        client.Time.Advance(TimeSpan.FromSeconds(4.9));
        await Should.ThrowAsync<BrokenCircuitException>(client.Http.GetAsync(Down));
        client.Time.Advance(TimeSpan.FromSeconds(0.2));
        (await client.Http.GetAsync(Down)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Fewer_than_a_hundred_failures_open_nothing()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler(NoRetry));

        await FailAsync(client, 99);

        (await client.Http.GetAsync(Down)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task With_a_pipeline_for_each_authority_one_host_does_not_open_the_circuit_of_another()
    {
        await using var client = new ResilientClient(http =>
            http.AddStandardResilienceHandler(NoRetry).SelectPipelineByAuthority());

        await FailAsync(client, 100);

        await Should.ThrowAsync<BrokenCircuitException>(client.Http.GetAsync(Down));
        (await client.GetAsync("http://up.test/")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private static void NoRetry(HttpStandardResilienceOptions options) =>
        options.Retry.ShouldHandle = _ => ValueTask.FromResult(false);

    private static async Task FailAsync(ResilientClient client, int times)
    {
        client.Server.AnswerWith(HttpStatusCode.ServiceUnavailable);
        for (var i = 0; i < times; i++)
            await client.Http.GetAsync(Down);
    }
}
