using System.Net;
using Switchboard.Load.Running;

namespace Switchboard.Tests.Simulator.Load;

public sealed class HttpLoadTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void A_schedule_spreads_requests_evenly_and_does_not_drift()
    {
        var schedule = new SendSchedule(300);

        schedule.DueAfter(0).ShouldBe(TimeSpan.Zero);
        schedule.DueAfter(150).ShouldBe(TimeSpan.FromSeconds(0.5));
        schedule.DueAfter(3_000_000).ShouldBe(TimeSpan.FromSeconds(10_000));
        schedule.CountWithin(TimeSpan.FromSeconds(2)).ShouldBe(600);
    }

    [Fact]
    public async Task In_an_open_loop_a_server_that_stalls_is_charged_for_those_who_waited()
    {
        // one connection, a request due every 20 ms, the first answer takes 200 ms: the next ones are late through no fault of theirs
        var first = true;
        using var http = new HttpMessageInvoker(new StubServer(async () =>
        {
            if (first)
            {
                first = false;
                await Task.Delay(TimeSpan.FromMilliseconds(200), _clock);
            }

            return HttpStatusCode.Accepted;
        }));

        var result = await RunAsync(new HttpLoad(http, new NoBody(), 1, TimeSpan.FromMilliseconds(400), new SendSchedule(50), _clock));

        result.Accepted.Count.ShouldBe(20);
        result.Latency.Percentile(1).TotalMilliseconds.ShouldBeGreaterThanOrEqualTo(195);
        result.Latency.Percentile(0.5).TotalMilliseconds.ShouldBeLessThan(result.Latency.Percentile(1).TotalMilliseconds);
        // the second was due at 20 ms and sent at 200 ms at the earliest
        result.Latency.Percentile(0.95).TotalMilliseconds.ShouldBeGreaterThanOrEqualTo(175);
    }

    [Fact]
    public async Task In_an_open_loop_what_is_late_goes_out_all_the_same_and_what_never_does_is_an_error()
    {
        // 100 are due within 100 ms; the one connection sends one in 10 ms or more
        using var http = new HttpMessageInvoker(new StubServer(async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), _clock);
            return HttpStatusCode.Accepted;
        }));

        var result = await RunAsync(new HttpLoad(http, new NoBody(), 1, TimeSpan.FromMilliseconds(100), new SendSchedule(1000), _clock));

        result.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(190));
        (result.Accepted.Count + result.Errors).ShouldBe(100);
        result.LastError!.ShouldContain("never sent");
    }

    [Fact]
    public async Task In_a_closed_loop_each_connection_sends_when_it_is_answered()
    {
        var (at, most) = (0, 0);
        using var http = new HttpMessageInvoker(new StubServer(async () =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref at));
            await Task.Delay(TimeSpan.FromMilliseconds(5), _clock);
            Interlocked.Decrement(ref at);
            return HttpStatusCode.Accepted;
        }));

        var result = await RunAsync(new HttpLoad(http, new NoBody(), 4, TimeSpan.FromMilliseconds(200), null, _clock));

        most.ShouldBe(4);
        result.Accepted.Select(mail => mail.Number).Order().ShouldBe(Enumerable.Range(0, result.Accepted.Count).Select(n => (long)n));
    }

    [Fact]
    public async Task What_is_rejected_or_breaks_is_counted_and_sent_again()
    {
        var answers = new Queue<HttpStatusCode?>([HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests, null, HttpStatusCode.InternalServerError]);
        using var http = new HttpMessageInvoker(new StubServer(() =>
            answers.TryDequeue(out var answer)
                ? answer is { } status ? Task.FromResult(status) : throw new HttpRequestException("broken")
                : Task.FromResult(HttpStatusCode.Accepted)));

        var result = await RunAsync(new HttpLoad(http, new NoBody(), 1, TimeSpan.FromSeconds(1), new SendSchedule(1), _clock));

        result.Accepted.ShouldHaveSingleItem().Number.ShouldBe(0);
        result.Rejected.ShouldBe(2);
        result.Errors.ShouldBe(2);
    }

    private async Task<LoadResult> RunAsync(HttpLoad load)
    {
        var run = load.RunAsync(default);
        await _clock.RunUntilAsync(run);
        return await run;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen; seen = most)
        {
        }
    }

    private sealed class NoBody : ILoadSource
    {
        public int MaxBodyLength => 0;

        public HttpRequestMessage Build(long number, byte[] buffer) => new(HttpMethod.Post, "http://nowhere.test/");
    }

    private sealed class StubServer(Func<Task<HttpStatusCode>> answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => new(await answer());
    }
}
