using System.Net;

namespace Switchboard.Tests.Edge;

/// <summary>Postgres is there, but cannot do what it is asked.</summary>
public sealed class HalfAliveDatabaseTests(EdgeProcess edge) : IClassFixture<EdgeProcess>
{
    // a bound of 5 s and what a busy machine adds to it; without one a request waits for more than 40 s
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Without_writes_it_answers_503_and_is_not_ready_and_says_why()
    {
        var (_, key) = await edge.NewUserAsync("rules");
        (await edge.PostAsync(key, "/api/rules", ApiFaultTests.Rule("before"))).StatusCode.ShouldBe(HttpStatusCode.Created);
        await SetReadOnlyAsync("on");
        try
        {
            using var refused = await UntilAsync(
                () => edge.PostAsync(key, "/api/rules", ApiFaultTests.Rule("read-only")), answer => answer.StatusCode != HttpStatusCode.Created);
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            (await edge.GetAsync(key, "/api/rules")).StatusCode.ShouldBe(HttpStatusCode.OK);

            using var health = await edge.Http.GetAsync("/health");
            health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await health.Content.ReadAsStringAsync()).ShouldContain("Postgres takes no writes");
            (await edge.Http.GetAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            await SetReadOnlyAsync("off");
        }

        using var accepted = await UntilAsync(
            () => edge.PostAsync(key, "/api/rules", ApiFaultTests.Rule("after")), answer => answer.StatusCode == HttpStatusCode.Created);
        (await (await edge.Http.GetAsync("/health")).Content.ReadAsStringAsync()).ShouldNotContain("Postgres takes no writes");
    }

    [Fact]
    public async Task While_it_hangs_every_request_is_answered_503_in_bounded_time()
    {
        var (_, key) = await edge.NewUserAsync("rules");
        (await edge.GetAsync(key, "/api/rules")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await edge.Postgres.PauseAsync();
        try
        {
            // more than the pool has, so that some wait for a connection and not for an answer
            var answers = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => edge.GetAsync(key, "/api/rules"))).WaitAsync(Bound);

            answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter != null);
            (await edge.Http.GetAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        finally
        {
            await edge.Postgres.ResumeAsync();
        }

        using var again = await UntilAsync(() => edge.GetAsync(key, "/api/rules"), answer => answer.StatusCode == HttpStatusCode.OK);
    }

    private async Task SetReadOnlyAsync(string value)
    {
        foreach (var sql in new[] { $"ALTER SYSTEM SET default_transaction_read_only = {value}", "SELECT pg_reload_conf()" })
        {
            await using var command = edge.Database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    // sessions read their settings again a moment after they are told to
    private static async Task<HttpResponseMessage> UntilAsync(Func<Task<HttpResponseMessage>> send, Func<HttpResponseMessage, bool> isSeen)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var left = 300; ; left--)
        {
            var answer = await send();
            if (isSeen(answer) || left == 0)
            {
                isSeen(answer).ShouldBeTrue($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                return answer;
            }

            answer.Dispose();
            await timer.WaitForNextTickAsync();
        }
    }
}
