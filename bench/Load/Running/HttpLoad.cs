using System.Net;

namespace Switchboard.Load.Running;

/// <summary>Sends a scenario's load and shows its progress.</summary>
/// <param name="Connections">How many send at once.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Rate">Requests a second, in an open loop; null for a closed one.</param>
/// <param name="Count">After how many requests it ends at the latest.</param>
internal sealed record LoadStage(int Connections, int Seconds, double? Rate, long Count = long.MaxValue)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <summary>What is done, for the progress display.</summary>
    public string Action { get; init; } = "Sending";

    /// <summary>Sends.</summary>
    /// <param name="what">What is sent, for the progress display.</param>
    /// <param name="source">Makes the requests.</param>
    /// <param name="progress">Shows how far it is.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<LoadResult> RunAsync(
        string what, ILoadSource source, LoadProgress progress, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var duration = TimeSpan.FromSeconds(Seconds);
        using var http = HttpLoad.CreateClient(Connections);
        var schedule = Rate is { } rate ? new SendSchedule(rate) : null;
        var load = new HttpLoad(http, source, Connections, duration, schedule, timeProvider) { Count = Count };
        var loop = Rate is { } perSecond ? $"{perSecond:0.#} a second" : "as fast as they are answered";
        var result = await progress.StageAsync(
            $"{Action} {what} for {Seconds} s over {Connections} connections, {loop}",
            duration.TotalSeconds,
            async report =>
            {
                var started = timeProvider.GetTimestamp();
                await using var timer = timeProvider.CreateTimer(
                    _ => report(timeProvider.GetElapsedTime(started).TotalSeconds), null, Refresh, Refresh);
                return await load.RunAsync(cancellationToken);
            });
        if (result.LastError is { } error)
        {
            progress.WriteLine($"{result.Errors} requests failed, the last one: {error}");
        }

        return result;
    }
}

/// <summary>What a scenario sends.</summary>
internal interface ILoadSource
{
    /// <summary>How long a body may be, in bytes.</summary>
    int MaxBodyLength { get; }

    /// <summary>Makes the request with a number: the same number, the same request, where no answer to another is part of it.</summary>
    /// <param name="number">From 0.</param>
    /// <param name="buffer">Of the worker that sends it, free until the answer is there.</param>
    HttpRequestMessage Build(long number, byte[] buffer);

    /// <summary>Whether a request is accepted with a status; otherwise it is sent again.</summary>
    bool Accepts(long number, HttpStatusCode status) => (int)status is >= 200 and < 300;

    /// <summary>Checks the answer to an accepted request.</summary>
    /// <exception cref="LoadException">It was not accepted all the same, and no other request will be.</exception>
    void Check(long number, HttpResponseMessage response, ReadOnlySpan<byte> answer)
    {
    }
}

/// <summary>
/// Sends requests over a number of connections for a time: in a closed loop each connection sends the next request when the last one
/// is answered, in an open loop each request has its time. Late ones are still sent, for at most as long again.
/// </summary>
internal sealed class HttpLoad(
    HttpMessageInvoker http, ILoadSource source, int connections, TimeSpan duration, SendSchedule? schedule, TimeProvider timeProvider)
{
    private long _next = -1;
    private long _accepted;

    /// <summary>After how many requests it ends at the latest.</summary>
    public long Count { get; init; } = long.MaxValue;

    /// <summary>How many were accepted so far.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    public async Task<LoadResult> RunAsync(CancellationToken cancellationToken)
    {
        var clock = new LoadClock(timeProvider);
        var workers = Enumerable.Range(0, connections).Select(_ => RunWorkerAsync(clock, cancellationToken)).ToList();
        var result = new LoadResult();
        foreach (var worker in await Task.WhenAll(workers))
        {
            result.Merge(worker);
        }

        result.Elapsed = clock.Elapsed;
        if (schedule is not null && Math.Min(
            Count, schedule.CountWithin(duration)) - (Interlocked.Read(ref _next) + 1) is > 0 and var unsent)
        {
            result.Errors += unsent;
            result.LastError = $"{unsent} requests were never sent: the rate is more than twice what is answered.";
        }

        return result;
    }

    /// <summary>A client for the load: one connection for each worker, no tracing, no cookies, no redirects.</summary>
    public static HttpMessageInvoker CreateClient(int connections) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    });

    private async Task<LoadResult> RunWorkerAsync(LoadClock clock, CancellationToken cancellationToken)
    {
        var worker = new LoadWorker(http, source, clock, duration);
        var end = schedule is null ? duration : 2 * duration;
        while (clock.Elapsed < end)
        {
            var number = Interlocked.Increment(ref _next);
            var due = schedule?.DueAfter(number);
            if (due >= duration || number >= Count)
            {
                break;
            }

            if (due - clock.Elapsed is { Ticks: > 0 } wait)
            {
                await clock.DelayAsync(wait, cancellationToken);
            }

            if (await worker.SendAsync(number, due ?? clock.Elapsed, cancellationToken))
            {
                Interlocked.Increment(ref _accepted);
            }
        }

        return worker.Result;
    }
}

/// <summary>
/// An open loop: when each request is to be sent, whatever became of those before. Latency counts from then, so that a server
/// that holds up its callers does not look fast for the requests that it kept from being sent.
/// </summary>
/// <param name="ratePerSecond">Requests a second, evenly spread.</param>
internal sealed class SendSchedule(double ratePerSecond)
{
    private readonly double _ticksBetween = TimeSpan.TicksPerSecond / ratePerSecond;

    /// <summary>When the request with this number, from 0, is to be sent, counted from the start.</summary>
    public TimeSpan DueAfter(long number) => TimeSpan.FromTicks((long)(number * _ticksBetween));

    /// <summary>How many are to be sent before so much time is over.</summary>
    public long CountWithin(TimeSpan duration) => (long)Math.Ceiling(duration.Ticks / _ticksBetween);
}

/// <summary>The time since the start of the load, by the monotonic clock, and the wall-clock time for it.</summary>
internal sealed class LoadClock(TimeProvider timeProvider)
{
    private readonly long _startTimestamp = timeProvider.GetTimestamp();
    private readonly DateTimeOffset _startedAt = timeProvider.GetUtcNow();

    public TimeSpan Elapsed => timeProvider.GetElapsedTime(_startTimestamp);

    public DateTimeOffset At(TimeSpan elapsed) => _startedAt + elapsed;

    public Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) => Task.Delay(delay, timeProvider, cancellationToken);
}
