using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly.Timeout;

namespace Switchboard.Tests.Polyfills.Clients.Resilience;

public sealed class TimeoutTests
{
    [Fact]
    public async Task An_attempt_ends_after_ten_seconds_and_the_next_one_may_succeed()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler(o => o.Retry.UseJitter = false));
        client.Server.NeverAnswer();

        var answer = client.GetAsync();
        client.Server.AnswerWith(HttpStatusCode.OK);
        await client.AdvanceAsync(10);
        await client.AdvanceAsync(2);

        (await answer).StatusCode.ShouldBe(HttpStatusCode.OK);
        client.Server.AskedAt.Select(at => at.TotalSeconds).ShouldBe([0, 12]);
    }

    [Fact]
    public async Task All_attempts_together_end_after_thirty_seconds()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler(o => o.Retry.UseJitter = false));
        client.Server.NeverAnswer();

        var answer = client.GetAsync();
        foreach (var seconds in new[] { 10, 2, 10, 4 })
            await client.AdvanceAsync(seconds);
        await client.Server.AttemptAsync(3);
        answer.IsCompleted.ShouldBeFalse();
        await client.AdvanceAsync(4);

        await Should.ThrowAsync<TimeoutRejectedException>(answer);
        client.Server.AskedAt.Select(at => at.TotalSeconds).ShouldBe([0, 12, 26]);
    }

    [Fact]
    public async Task The_clients_own_timeout_gives_way_to_the_pipeline()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());

        client.Http.Timeout.ShouldBe(Timeout.InfiniteTimeSpan);
    }
}
