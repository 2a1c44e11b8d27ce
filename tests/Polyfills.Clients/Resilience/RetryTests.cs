using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace Switchboard.Tests.Polyfills.Clients.Resilience;

public sealed class RetryTests
{
    [Fact]
    public async Task What_succeeds_is_sent_once()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());

        (await client.GetAsync()).StatusCode.ShouldBe(HttpStatusCode.OK);

        client.Server.AskedAt.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_fails_is_sent_three_times_more_after_two_four_and_eight_seconds_and_the_last_answer_is_the_answer()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler(o => o.Retry.UseJitter = false));
        client.Server.AnswerWith(HttpStatusCode.BadGateway);

        var answer = client.GetAsync();
        foreach (var seconds in new[] { 2, 4, 8 })
            await client.AdvanceAsync(seconds);

        (await answer).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        client.Server.AskedAt.Select(at => at.TotalSeconds).ShouldBe([0, 2, 6, 14]);
    }

    [Theory]
    [InlineData(HttpStatusCode.RequestTimeout)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    public async Task An_answer_that_may_pass_is_tried_again(HttpStatusCode status)
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());
        client.Server.AnswerWith(status);

        var answer = client.GetAsync();
        client.Server.AnswerWith(HttpStatusCode.OK);
        client.Time.Advance(TimeSpan.FromSeconds(25));

        (await answer).StatusCode.ShouldBe(HttpStatusCode.OK);
        client.Server.AskedAt.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Conflict)]
    public async Task An_answer_that_stays_is_not(HttpStatusCode status)
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());
        client.Server.AnswerWith(status);

        (await client.GetAsync()).StatusCode.ShouldBe(status);

        client.Server.AskedAt.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_tried_again()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());
        client.Server.Answer = (_, _) => throw new HttpRequestException("reset");

        var answer = client.GetAsync();
        client.Server.AnswerWith(HttpStatusCode.OK);
        client.Time.Advance(TimeSpan.FromSeconds(25));

        (await answer).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Waits_have_jitter_so_that_what_failed_together_does_not_come_back_together()
    {
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            await using var client = new ResilientClient(http => http.AddStandardResilienceHandler(o => o.Retry.OnRetry = args =>
            {
                waits.Add(args.RetryDelay);
                return default;
            }));
            client.Server.AnswerWith(HttpStatusCode.ServiceUnavailable);
            var answer = client.GetAsync();
            client.Server.AnswerWith(HttpStatusCode.OK);
            client.Time.Advance(TimeSpan.FromSeconds(25));
            await answer;
        }

        waits.Count.ShouldBe(10);
        waits.Distinct().Count().ShouldBeGreaterThan(5);
        waits.ShouldAllBe(wait => wait > TimeSpan.Zero && wait < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Retry_After_in_seconds_is_the_wait()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());
        client.Server.AnswerWith(
            HttpStatusCode.TooManyRequests, r => r.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)));

        var answer = client.GetAsync();
        client.Server.AnswerWith(HttpStatusCode.OK);
        client.Time.Advance(TimeSpan.FromSeconds(6.9));
        answer.IsCompleted.ShouldBeFalse();
        client.Time.Advance(TimeSpan.FromSeconds(0.1));

        (await answer).StatusCode.ShouldBe(HttpStatusCode.OK);
        client.Server.AskedAt[1].ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Retry_After_as_a_date_is_the_time()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());
        var date = client.Time.GetUtcNow().AddSeconds(11);
        client.Server.AnswerWith(HttpStatusCode.ServiceUnavailable, r => r.Headers.RetryAfter = new RetryConditionHeaderValue(date));

        var answer = client.GetAsync();
        client.Server.AnswerWith(HttpStatusCode.OK);
        client.Time.Advance(TimeSpan.FromSeconds(11));
        await answer;

        client.Server.AskedAt[1].ShouldBe(TimeSpan.FromSeconds(11));
    }

    [Fact]
    public async Task Retry_After_in_the_past_means_now()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());
        var date = client.Time.GetUtcNow().AddMinutes(-1);
        client.Server.AnswerWith(HttpStatusCode.ServiceUnavailable, r => r.Headers.RetryAfter = new RetryConditionHeaderValue(date));

        var answer = client.GetAsync();
        await answer;

        client.Server.AskedAt.ShouldAllBe(at => at == TimeSpan.Zero);
        client.Server.AskedAt.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Unsafe_methods_can_be_left_out()
    {
        await using var client = new ResilientClient(
            http => http.AddStandardResilienceHandler(o => o.Retry.DisableForUnsafeHttpMethods()));
        client.Server.Answer = (_, _) => throw new HttpRequestException("reset");

        await Should.ThrowAsync<HttpRequestException>(client.Http.PostAsync(new Uri("http://provider.test/"), content: null));
        client.Server.AskedAt.Count.ShouldBe(1);

        var answer = client.GetAsync();
        client.Server.AnswerWith(HttpStatusCode.OK);
        client.Time.Advance(TimeSpan.FromSeconds(25));
        (await answer).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_the_caller_cancels_is_not_tried_again()
    {
        await using var client = new ResilientClient(http => http.AddStandardResilienceHandler());
        client.Server.NeverAnswer();
        using var cancel = new CancellationTokenSource();

        var answer = client.Http.GetAsync(new Uri("http://provider.test/"), cancel.Token);
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(answer);
        client.Server.AskedAt.Count.ShouldBe(1);
    }
}
