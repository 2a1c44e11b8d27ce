using Switchboard.Load;
using Switchboard.Load.Tracking.TrackedApi;

namespace Switchboard.Tests.Simulator.Load;

[Collection(nameof(Alone))]
public sealed class TrackedScenarioTests : IDisposable
{
    private readonly StringWriter _told = new();

    public void Dispose() => _told.Dispose();

    [Fact]
    public async Task Each_kind_is_asked_for_at_its_rate_and_has_its_own_percentiles()
    {
        await using var product = await FakeTrackedProduct.StartAsync(analyticsDelay: TimeSpan.FromMilliseconds(80), conflictEvery: 5);

        var report = await RunAsync(product);

        (report.Tracked!.Answered, report.Analytics!.Answered, report.Sync!.Answered).ShouldBe((120, 40, 20));
        (report.SyncAccepted, report.SyncConflicts).ShouldBe((16, 4));
        report.Analytics.Ms.P50.ShouldBeGreaterThanOrEqualTo(75);
        report.Tracked.Ms.P50.ShouldBeLessThan(report.Analytics.Ms.P50);
        (report.Wrong, report.Errors, report.IsFine).ShouldBe((0, 0, true));
        product.Continued.ShouldBeGreaterThan(5);
    }

    [Theory]
    [InlineData("accountId")]
    [InlineData("status")]
    [InlineData("sort")]
    [InlineData("search")]
    public async Task A_list_that_does_not_heed_what_was_asked_is_found(string parameter)
    {
        await using var product = await FakeTrackedProduct.StartAsync(ignore: parameter);

        var report = await RunAsync(product, rate: 800);

        report.Wrong.ShouldBeGreaterThan(0);
        report.IsFine.ShouldBeFalse();
        _told.ToString().ShouldContain($"{parameter}=");
    }

    [Fact]
    public async Task As_fast_as_it_goes_the_kinds_keep_their_proportion()
    {
        await using var product = await FakeTrackedProduct.StartAsync();

        var report = await RunAsync(product, asFast: true);

        ((double)report.Tracked!.Answered / report.Analytics!.Answered).ShouldBe(3, 0.5);
        ((double)report.Tracked.Answered / report.Sync!.Answered).ShouldBe(6, 1.5);
        report.IsFine.ShouldBeTrue();
    }

    [Fact]
    public async Task A_simulator_that_has_forgotten_the_mailboxes_is_given_them_again()
    {
        await using var product = await FakeTrackedProduct.StartAsync();

        await RunAsync(product, rate: 8);

        product.MadeMailboxes.ShouldBe(["a0@load.test", "a1@load.test"]);
    }

    [Fact]
    public async Task A_user_without_tracked_mails_is_told_what_to_do()
    {
        await using var product = await FakeTrackedProduct.StartAsync(accounts: 0);

        var error = await Should.ThrowAsync<LoadException>(RunAsync(product));

        error.Message.ShouldContain("--key");
        error.Message.ShouldContain("--seed-rows");
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_told()
    {
        await using var product = await FakeTrackedProduct.StartAsync();

        var error = await Should.ThrowAsync<LoadException>(RunAsync(product, database: "Host=127.0.0.1;Port=1;Username=nobody"));

        error.Message.ShouldContain("--database");
    }

    [Theory]
    [InlineData(0, 1, null, "--tracked-rate")]
    [InlineData(6, 0, null, "--seconds")]
    [InlineData(6, 0, 100, "--database")]
    public async Task Options_that_do_not_go_together_are_told(int rate, int seconds, int? rows, string told)
    {
        var nowhere = new Uri("http://127.0.0.1:1");
        var options = new TrackedOptions
        {
            Seconds = seconds,
            Connections = 1,
            TrackedRate = rate,
            AnalyticsRate = 0,
            SyncRate = 0,
            SeedRows = rows,
            Edge = nowhere,
            Simulator = nowhere,
            Key = "sb_demo",
        };

        var error = await Should.ThrowAsync<LoadException>(new TrackedScenario(options, SilentProgress.Make(), TimeProvider.System).RunAsync(default));

        error.Message.ShouldContain(told);
    }

    private async Task<TrackedReport> RunAsync(FakeTrackedProduct product, int rate = 120, bool asFast = false, string? database = null)
    {
        var options = new TrackedOptions
        {
            Seconds = 1,
            Connections = 16,
            TrackedRate = rate,
            AnalyticsRate = rate / 3,
            SyncRate = rate / 6,
            AsFast = asFast,
            Edge = product.Address,
            Simulator = product.Address,
            Key = "sb_demo",
            Database = database,
        };
        return await new TrackedScenario(options, SilentProgress.On(_told), TimeProvider.System).RunAsync(default);
    }
}
