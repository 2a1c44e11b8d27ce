using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly.RateLimiting;

namespace Switchboard.Tests.Polyfills.Clients.Resilience;

public sealed class RateLimiterTests
{
    [Fact]
    public async Task A_request_too_many_is_refused_and_not_sent()
    {
        await using var client = new ResilientClient(http =>
            http.AddStandardResilienceHandler(o => o.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 2));
        var release = new TaskCompletionSource<HttpResponseMessage>();
        client.Server.Answer = (_, _) => release.Task;

        var first = client.GetAsync();
        var second = client.GetAsync();
        await Should.ThrowAsync<RateLimiterRejectedException>(client.GetAsync());
        client.Server.AskedAt.Count.ShouldBe(2);

        release.SetResult(new HttpResponseMessage(HttpStatusCode.OK));
        await Task.WhenAll(first, second);
        (await client.GetAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
