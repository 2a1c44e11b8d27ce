namespace Switchboard.Load.Driving;

/// <summary>Puts a scenario's load on, with its progress.</summary>
/// <param name="Connections">How many send at once.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Rate">Requests a second, in an open loop; null for a closed one.</param>
/// <param name="Count">After how many requests it ends at the latest.</param>
internal sealed record LoadStage(int Connections, int Seconds, double? Rate, long Count = long.MaxValue)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <summary>Sends.</summary>
    /// <param name="what">What is sent, for the one who watches.</param>
    /// <param name="source">Makes the requests.</param>
    /// <param name="progress">Shows how far it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<LoadResult> RunAsync(string what, ILoadSource source, LoadProgress progress, TimeProvider time, CancellationToken cancellation)
    {
        var duration = TimeSpan.FromSeconds(Seconds);
        using var http = HttpLoad.CreateClient(Connections);
        var load = new HttpLoad(http, source, Connections, duration, Rate is { } rate ? new SendSchedule(rate) : null, time) { Count = Count };
        var loop = Rate is { } perSecond ? $"{perSecond:0.#} a second" : "as fast as they are answered";
        var result = await progress.StageAsync(
            $"Sending {what} for {Seconds} s over {Connections} connections, {loop}",
            duration.TotalSeconds,
            async report =>
            {
                var started = time.GetTimestamp();
                await using var timer = time.CreateTimer(_ => report(time.GetElapsedTime(started).TotalSeconds), null, Refresh, Refresh);
                return await load.RunAsync(cancellation);
            });
        if (result.LastError is { } error)
        {
            progress.Say($"{result.Errors} requests failed, the last one: {error}");
        }

        return result;
    }
}
