namespace Switchboard.Tests.Redis;

/// <summary>
/// Four processes against a real Redis and a real Postgres, as fast as they go for a quarter of a minute: a measurement, which wants a
/// machine to itself. Run with <c>-explicit only</c>.
/// </summary>
public sealed class ProviderLimitTests : IAsyncLifetime
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(6);
    private const int Limit = 4_000;

    private readonly RedisServer _redis = new();
    private readonly PostgresServer _postgres = new();

    public async ValueTask InitializeAsync()
    {
        await _redis.InitializeAsync();
        await _postgres.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Theory(Explicit = true)]
    [InlineData(0)] // all at once, then whatever comes back
    [InlineData(40)] // half as much again as is allowed, all the time
    public async Task Four_processes_never_get_more_than_the_limit_in_any_window_and_answer_most_checks_themselves(int pauseMs)
    {
        var reports = await CompeteAsync(pauseMs, () => Task.Delay(2.5 * Window));

        ShouldKeepTheLimit(reports);
        // and what comes back is given out again; who pauses asks for as much as the machine lets it
        reports.Sum(report => report.Taken.Count).ShouldBeGreaterThan(pauseMs == 0 ? Limit * 9 / 4 : Limit);
    }

    [Fact(Explicit = true)]
    public async Task Redis_killed_and_back_in_the_middle_changes_nothing_of_that()
    {
        var reports = await CompeteAsync(40, async () =>
        {
            await Task.Delay(Window * 0.6);
            await _redis.KillAsync();
            await Task.Delay(Window);
            await _redis.StartAsync();
            await Task.Delay(1.5 * Window);
        });

        ShouldKeepTheLimit(reports);
        reports.Sum(report => report.Taken.Count).ShouldBeGreaterThan(Limit);
        // whether Redis had leases to pass on before it died is a matter of who came first
        reports.SelectMany(report => report.Taken).Select(grant => grant.By).ShouldContain("Postgres");
    }

    private static void ShouldKeepTheLimit(CompetitionReport[] reports)
    {
        var (checks, local) = (reports.Sum(report => report.Checks), reports.Sum(report => report.Local));
        var granted = reports.SelectMany(report => report.Taken).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{granted.Count} granted, most in a window {CompetitionReport.MostIn(Window, reports)}; "
            + $"{checks} checks, {(double)local / checks:P1} local, "
            + $"of those granted {(double)granted.Count(grant => grant.By == "Local") / granted.Count:P1}; "
            + $"medians {string.Join(", ", reports.Select(report => report.MedianMicros))} µs");
        CompetitionReport.MostIn(Window, reports).ShouldBeLessThanOrEqualTo(Limit);
        ((double)local / checks).ShouldBeGreaterThan(0.85);
        ((double)granted.Count(grant => grant.By == "Local") / granted.Count).ShouldBeGreaterThan(0.85);
        reports.ShouldAllBe(report => report.MedianMicros < 1_000);
    }

    private async Task<CompetitionReport[]> CompeteAsync(int pauseMs, Func<Task> meanwhile)
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CompetingProcess.StartAsync(
            _redis, _postgres,
            "--what", "permits", "--key", "graph:mailbox", "--limit", $"{Limit}", "--windowMs", $"{Window.TotalMilliseconds}",
            "--pauseMs", $"{pauseMs}", "--workers", "10")));
        try
        {
            await Task.WhenAll(processes.Select(process => process.GoAsync()));
            await meanwhile();
            return await Task.WhenAll(processes.Select(process => process.EndAsync()));
        }
        finally
        {
            foreach (var process in processes)
                process.Dispose();
        }
    }
}
