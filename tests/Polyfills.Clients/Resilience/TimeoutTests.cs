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
        client.Time.Advance(TimeSpan.FromSeconds(9.9));
        client.Server.AnswerWith(HttpStatusCode.OK);
        answer.IsCompleted.ShouldBeFalse();
        client.Time.Advance(TimeSpan.FromSeconds(0.1));
        await AdvanceUntil(client, attempt: 2);

        (await answer).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task All_attempts_together_end_after_thirty_seconds()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler(o => o.Retry.UseJitter = false));
        client.Server.NeverAnswer();

        var start = client.Time.GetUtcNow();
        var answer = client.GetAsync();
        while (!answer.IsCompleted && client.Time.GetUtcNow() - start < TimeSpan.FromMinutes(2))
        {
            client.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await Should.ThrowAsync<TimeoutRejectedException>(answer);
        client.Server.AskedAt.ShouldAllBe(at => at < TimeSpan.FromSeconds(30));
        client.Server.AskedAt.Count.ShouldBeInRange(2, 3);
    }

    [Fact]
    public async Task The_clients_own_timeout_gives_way_to_the_pipeline()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());

        client.Http.Timeout.ShouldBe(Timeout.InfiniteTimeSpan);
    }

    private static async Task AdvanceUntil(ResilientClient client, int attempt)
    {
        var arrived = client.Server.AttemptAsync(attempt);
        while (!arrived.IsCompleted)
        {
            client.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await arrived;
    }
}
