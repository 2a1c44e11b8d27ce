using System.Net;
using Npgsql;
using Switchboard.Load.Api;
using Switchboard.Load.Reporting;
using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.TrackedApi;

/// <summary>Asks for lists, analytics and syncs in the proportion of their rates, over existing tracked mails.</summary>
internal sealed class TrackedScenario(TrackedOptions options, LoadProgress progress, TimeProvider timeProvider)
{
    public async Task<TrackedReport> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Error is { } error)
        {
            throw new LoadException(error);
        }

        using var edge = new ApiClient(options.Edge, "--edge", timeProvider);
        using var simulator = new ApiClient(options.Simulator, "--simulator", timeProvider);
        await edge.CheckAsync("/alive", cancellationToken);
        await simulator.CheckAsync("/alive", cancellationToken);
        try
        {
            await using var dataSource = options.Database is { } connection ? NpgsqlDataSource.Create(connection) : null;
            return await RunAsync(edge, new GraphMailboxes(simulator), dataSource, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException { Source: "Npgsql" })
        {
            throw new LoadException($"The database of --database cannot be used: {e.Message}", e);
        }
    }

    private async Task<TrackedReport> RunAsync(
        ApiClient edge, GraphMailboxes mailboxes, NpgsqlDataSource? dataSource, CancellationToken cancellationToken)
    {
        var token = new RunToken(timeProvider.GetUtcNow());
        var seeded = options.SeedRows is null
            ? null
            : await new TrackedSeed(options, edge, mailboxes, progress, timeProvider).RunAsync(dataSource!, token, cancellationToken);
        var mix = new RequestMix(options.TrackedRate, options.AnalyticsRate, options.SyncRate);
        if (options.Seconds == 0)
        {
            return Report(new LoadResult(), mix, wrong: 0, counts: null, seeded);
        }

        var key = seeded?.UserKey ?? options.Key;
        var sample = await progress.StageAsync(
            "Reading the accounts", 1, _ => new AccountSampleReader(edge, mailboxes, key, timeProvider).ReadAsync(cancellationToken));
        if (options.SyncRate > 0 && sample.Syncable.Count == 0)
        {
            throw new LoadException("None of the accounts is of Microsoft 365 and active: no sync can be started. Use --sync-rate 0.");
        }

        var seed = token.StartedAtMs * 1_000_000;
        var across = options.AcrossPercent / 100.0;
        double? rate = options.AsFast ? null : options.TrackedRate + options.AnalyticsRate + options.SyncRate;
        if (options.WarmUpSeconds > 0)
        {
            // other requests than those that are measured: what is cached by now is none of their answers
            await new LoadStage(options.Connections, options.WarmUpSeconds, rate) { Action = "Warming up with" }.RunAsync(
                $"requests about {sample.Accounts.Count} accounts",
                new TrackedSource(options.Edge, key, mix, new QueryPlan(sample, ~seed, across), timeProvider),
                progress, timeProvider, cancellationToken);
        }

        var table = dataSource is null ? null : new TrackedTable(dataSource, timeProvider);
        var before = table is null ? default : await table.ReadSettledAsync(cancellationToken);
        var source = new TrackedSource(options.Edge, key, mix, new QueryPlan(sample, seed, across), timeProvider);
        var load = await new LoadStage(options.Connections, options.Seconds, rate)
            .RunAsync($"requests about {sample.Accounts.Count} accounts", source, progress, timeProvider, cancellationToken);
        var after = table is null ? default : await table.ReadSettledAsync(cancellationToken);
        Print(source, after.Scans - before.Scans);
        return Report(
            load,
            mix,
            source.Wrong,
            table is null ? null : (after.Scans - before.Scans, after.Rows),
            seeded);
    }

    private void Print(TrackedSource source, long scans)
    {
        foreach (var example in source.Examples)
        {
            progress.WriteLine(example);
        }

        if (scans > 0)
        {
            progress.WriteLine($"The table of tracked mails was read from end to end {scans} times.");
        }
    }

    private static TrackedReport Report(
        LoadResult load, RequestMix mix, long wrong, (long Scans, long Rows)? counts, SeedStats? seeded)
    {
        var kinds = load.Accepted.ToLookup(request => (RequestKind)mix.Of(request.Number));
        var conflicts = kinds[RequestKind.Sync].Count(request => request.Status == HttpStatusCode.Conflict);
        return new TrackedReport(
            Stats(kinds[RequestKind.Tracked], load.Elapsed),
            Stats(kinds[RequestKind.Analytics], load.Elapsed),
            Stats(kinds[RequestKind.Sync], load.Elapsed),
            kinds[RequestKind.Sync].Count() - conflicts,
            conflicts,
            wrong,
            load.Rejected,
            load.Errors,
            Math.Round(load.Elapsed.TotalSeconds, 2),
            counts?.Rows,
            counts?.Scans,
            seeded);
    }

    private static KindStats? Stats(IEnumerable<AcceptedRequest> requests, TimeSpan elapsed)
    {
        var latency = new LatencyRecorder();
        foreach (var request in requests)
        {
            latency.Record(request.Latency);
        }

        return latency.Count == 0 ? null : new KindStats(
            latency.Count, Math.Round(latency.Count / elapsed.TotalSeconds, 1), latency.ToPercentiles());
    }
}
