using System.Net;
using Npgsql;
using Switchboard.Load.Api;
using Switchboard.Load.Driving;
using Switchboard.Load.Mail;
using Switchboard.Load.Measuring;

namespace Switchboard.Load.Tracked;

/// <summary>The original's mix of lists, figures and syncs, over as many tracked mails as there are.</summary>
internal sealed class TrackedScenario(TrackedOptions options, LoadProgress progress, TimeProvider time)
{
    public async Task<TrackedReport> RunAsync(CancellationToken cancellation)
    {
        if (options.Mistake is { } mistake)
        {
            throw new LoadException(mistake);
        }

        using var edge = new ApiClient(options.Edge, "--edge", time);
        using var simulator = new ApiClient(options.Simulator, "--simulator", time);
        await edge.CheckAsync("/alive", cancellation);
        await simulator.CheckAsync("/alive", cancellation);
        try
        {
            await using var database = options.Database is { } connection ? NpgsqlDataSource.Create(connection) : null;
            return await RunAsync(edge, new GraphMailboxes(simulator), database, cancellation);
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException { Source: "Npgsql" })
        {
            throw new LoadException($"The database of --database cannot be used: {e.Message}", e);
        }
    }

    private async Task<TrackedReport> RunAsync(ApiClient edge, GraphMailboxes mailboxes, NpgsqlDataSource? database, CancellationToken cancellation)
    {
        var token = new RunToken(time.GetUtcNow());
        var seeded = options.SeedRows is null
            ? null
            : await new TrackedSeed(options, edge, mailboxes, progress, time).RunAsync(database!, token, cancellation);
        var mix = new RequestMix(options.TrackedRate, options.AnalyticsRate, options.SyncRate);
        if (options.Seconds == 0)
        {
            return Report(new LoadResult(), mix, wrong: 0, counts: null, viewsRefreshed: null, seeded);
        }

        var key = seeded?.UserKey ?? options.Key;
        var sample = await progress.StageAsync(
            "Looking at the accounts", 1, _ => new SampleReader(edge, mailboxes, key, time).ReadAsync(cancellation));
        if (options.SyncRate > 0 && sample.Syncable.Count == 0)
        {
            throw new LoadException("None of the accounts is of Microsoft 365 and active: no sync can be begun. Ask for none with --sync-rate 0.");
        }

        var table = database is null ? null : new TrackedTable(database, time);
        var refreshedBefore = await RefreshedAsync(edge, key, cancellation);
        var before = table is null ? default : await table.ReadSettledAsync(cancellation);
        var source = new TrackedSource(options.Edge, key, mix, new QueryPlan(sample, token.StartedAtMs * 1_000_000, options.AcrossPercent / 100.0), time);
        double? rate = options.AsFast ? null : options.TrackedRate + options.AnalyticsRate + options.SyncRate;
        var load = await new LoadStage(options.Connections, options.Seconds, rate)
            .RunAsync($"requests about {sample.Accounts.Count} accounts", source, progress, time, cancellation);
        var after = table is null ? default : await table.ReadSettledAsync(cancellation);
        var refreshed = await RefreshedAsync(edge, key, cancellation) != refreshedBefore;
        Tell(source, after.Scans - before.Scans, refreshed);
        return Report(load, mix, source.Wrong, table is null ? null : (after.Scans - before.Scans, after.Rows), options.AnalyticsRate > 0 ? refreshed : null, seeded);
    }

    // of a minute that nobody asked about before: the answer is in no cache
    private async Task<DateTimeOffset?> RefreshedAsync(ApiClient edge, string key, CancellationToken cancellation)
    {
        if (options.AnalyticsRate == 0)
        {
            return null;
        }

        var from = time.GetUtcNow().AddDays(-1);
        var path = $"/api/emails/analytics?bucket=day&from={from:yyyy-MM-ddTHH:mm:ss.fffZ}&to={from.AddMinutes(1):yyyy-MM-ddTHH:mm:ss.fffZ}";
        return (await edge.GetAsync(path, key, TrackedJson.Default.ViewsState, cancellation)).ViewsRefreshedAt;
    }

    private void Tell(TrackedSource source, long scans, bool refreshed)
    {
        foreach (var example in source.Examples)
        {
            progress.Say(example);
        }

        if (scans > 0)
        {
            progress.Say(refreshed
                ? $"The table of tracked mails was read from end to end {scans} times; the views were refreshed meanwhile, which does so."
                : $"The table of tracked mails was read from end to end {scans} times.");
        }
    }

    private static TrackedReport Report(
        LoadResult load, RequestMix mix, long wrong, (long Scans, long Rows)? counts, bool? viewsRefreshed, SeedFigures? seeded)
    {
        var kinds = load.Accepted.ToLookup(request => mix.Of(request.Number));
        var conflicts = kinds[RequestKind.Sync].Count(request => request.Status == HttpStatusCode.Conflict);
        return new TrackedReport(
            Figures(kinds[RequestKind.Tracked], load.Elapsed),
            Figures(kinds[RequestKind.Analytics], load.Elapsed),
            Figures(kinds[RequestKind.Sync], load.Elapsed),
            kinds[RequestKind.Sync].Count() - conflicts,
            conflicts,
            wrong,
            load.Rejected,
            load.Errors,
            Math.Round(load.Elapsed.TotalSeconds, 2),
            counts?.Rows,
            counts?.Scans,
            viewsRefreshed,
            seeded);
    }

    private static KindFigures? Figures(IEnumerable<AcceptedRequest> requests, TimeSpan elapsed)
    {
        var latency = new LatencyRecorder();
        foreach (var request in requests)
        {
            latency.Record(request.Latency);
        }

        return latency.Count == 0 ? null : new KindFigures(latency.Count, Math.Round(latency.Count / elapsed.TotalSeconds, 1), latency.ToPercentiles());
    }
}
