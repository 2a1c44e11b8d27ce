using Switchboard.Load.Api;
using Switchboard.Load.Driving;
using Switchboard.Load.Measuring;

namespace Switchboard.Load.Sms;

/// <summary>Texts in at the webhook, enrichment items out of the API, and every one of them accounted for.</summary>
internal sealed class SmsScenario(SmsOptions options, LoadProgress progress, TimeProvider time)
{
    public async Task<SmsReport> RunAsync(CancellationToken cancellation)
    {
        using var edge = new ApiClient(options.Edge, "--edge", time);
        using var simulator = new ApiClient(options.Simulator, "--simulator", time);
        await edge.CheckAsync("/alive", cancellation);
        await simulator.CheckAsync("/alive", cancellation);

        var token = new RunToken(time.GetUtcNow());
        var (users, numbers) = await progress.StageAsync(
            $"Run {token.Run}: linking and verifying {options.Numbers} phone numbers",
            options.Numbers,
            report => new PhoneBook(edge, simulator, options.Key, token, time).CreateAsync(options.Numbers, report, cancellation));
        var media = options.MediaShare > 0 ? await SampleMedia.MakeAsync(simulator, options.MediaBytes, cancellation) : [];
        var plan = new TextPlan(token, numbers, media, options.MediaShare);

        var cacheBefore = await CacheReading.ReadAsync(edge, options.Key, progress, cancellation);
        await using var memory = MemoryWatch.Begin(options.IngestPid, progress, time);
        var startedAt = time.GetUtcNow();
        var source = new TextSource(options.Edge, plan, options.AccountSid, new TwilioSigner(options.AccountToken));
        var load = await new LoadStage(options.Concurrent, options.Seconds, options.Rate, options.Count ?? long.MaxValue)
            .RunAsync("texts", source, progress, time, cancellation);
        var cacheAfter = await CacheReading.ReadAsync(edge, options.Key, progress, cancellation);
        var verdict = await CheckAsync(edge, users, plan, load, cancellation);
        return Report(load, verdict, CacheReading.HitRate(cacheBefore, cacheAfter), memory?.Result(), startedAt);
    }

    private async Task<EnrichmentVerdict> CheckAsync(
        ApiClient edge, IReadOnlyList<LoadUser> users, TextPlan plan, LoadResult load, CancellationToken cancellation)
    {
        var ledger = new EnrichmentLedger(plan, load.Accepted.Select(text => text.Number).ToHashSet());
        var check = new EnrichmentCheck(edge, users, ledger, TimeSpan.FromSeconds(options.PatienceSeconds), time);
        var verdict = await progress.StageAsync(
            $"{load.Accepted.Count} texts accepted; waiting for {ledger.Expected} items to be completed, and checking each of them",
            ledger.Expected,
            report => check.RunAsync(report, cancellation));
        foreach (var example in verdict.Examples)
        {
            progress.Say(example);
        }

        return verdict;
    }

    private static SmsReport Report(
        LoadResult load, EnrichmentVerdict verdict, double? cacheHitRate, (double PeakMb, double GrowthMb)? memory, DateTimeOffset startedAt)
    {
        var enrichedIn = (verdict.LastCompletedAt - startedAt).TotalSeconds;
        return new SmsReport(
            load.Accepted.Count,
            Math.Round(load.Accepted.Count / load.Elapsed.TotalSeconds, 1),
            verdict.Enriched == 0 ? 0 : Math.Round(verdict.Enriched / enrichedIn, 1),
            load.Latency.ToPercentiles(),
            verdict.EndToEnd.ToPercentiles(),
            verdict.Lost,
            verdict.Duplicated,
            verdict.Wrong,
            verdict.Expected,
            load.Rejected,
            load.Errors,
            cacheHitRate,
            memory?.PeakMb,
            memory?.GrowthMb,
            Math.Round(load.Elapsed.TotalSeconds, 2));
    }
}
