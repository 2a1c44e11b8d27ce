namespace Switchboard.Load.Driving;

/// <summary>
/// Sends requests over a number of connections for a time: in a closed loop each connection sends the next request when the last one
/// is answered, in an open loop each request has its time. Those that are late then go out all the same, for as long again.
/// </summary>
internal sealed class HttpLoad(HttpMessageInvoker http, ILoadSource source, int connections, TimeSpan duration, SendSchedule? schedule, TimeProvider time)
{
    private long _next = -1;
    private long _accepted;

    /// <summary>After how many requests it ends at the latest.</summary>
    public long Count { get; init; } = long.MaxValue;

    /// <summary>How many were accepted so far.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    public async Task<LoadResult> RunAsync(CancellationToken cancellation)
    {
        var clock = new LoadClock(time);
        var workers = Enumerable.Range(0, connections).Select(_ => RunWorkerAsync(clock, cancellation)).ToList();
        var result = new LoadResult();
        foreach (var worker in await Task.WhenAll(workers))
        {
            result.Merge(worker);
        }

        result.Elapsed = clock.Elapsed;
        if (schedule is not null && Math.Min(Count, schedule.CountWithin(duration)) - (Interlocked.Read(ref _next) + 1) is > 0 and var unsent)
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

    private async Task<LoadResult> RunWorkerAsync(LoadClock clock, CancellationToken cancellation)
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
                await clock.DelayAsync(wait, cancellation);
            }

            if (await worker.SendAsync(number, due ?? clock.Elapsed, cancellation))
            {
                Interlocked.Increment(ref _accepted);
            }
        }

        return worker.Result;
    }
}
