using Microsoft.Extensions.Time.Testing;
using Switchboard.Edge.Api.Email.Analytics;

namespace Switchboard.Tests.Unit.Email.Tracking;

public sealed class TrackedStatsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 34, 56, TimeSpan.Zero);

    [Fact]
    public void What_ends_now_ends_with_the_minute_so_that_it_can_be_kept()
    {
        var span = StatsSpan.Of(null, null, null, Now);

        span.To.ShouldBe(new(2026, 3, 2, 12, 35, 0, TimeSpan.Zero));
        span.From.ShouldBe(span.To.AddDays(-30));
        span.Bucket.ShouldBe("day");
        StatsSpan.Of(null, null, null, Now.AddSeconds(3)).ShouldBe(span);
        StatsSpan.Of(null, null, null, Now.AddSeconds(4)).ShouldNotBe(span);
    }

    [Theory]
    [InlineData("2026-01-01", "2026-01-01", null, "before to")]
    [InlineData("2026-01-02", "2026-01-01", null, "before to")]
    [InlineData("2030-01-01", null, null, "before to")]
    [InlineData("2020-01-01", "2025-01-02", "month", "5 years")]
    [InlineData("2024-01-01", "2026-01-01", "hour", "10000 buckets")]
    [InlineData("2020-01-01", "2025-01-01", "day", null)]
    [InlineData("2025-01-01", "2026-01-01", "hour", null)]
    [InlineData(null, "0001-01-02", "day", null)]
    [InlineData("9999-01-01", "9999-12-31", "day", null)]
    [InlineData(null, null, "minute", "hour, day, week, month")]
    public void A_time_that_cannot_be_counted_is_refused_with_the_reason(string? from, string? to, string? bucket, string? says)
    {
        var request = new AnalyzeEmailsRequest { From = Time(from), To = Time(to), Bucket = bucket };

        var errors = new AnalyzeEmailsValidator(new FakeTimeProvider(new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero))).Validate(request).Errors;

        if (says is null)
            errors.ShouldBeEmpty();
        else
            errors.ShouldHaveSingleItem().ErrorMessage.ShouldContain(says);

        static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse($"{text}T00:00:00Z", provider: null);
    }

    [Fact]
    public void Two_ways_to_stats_differ_where_any_of_them_does_and_rounding_is_no_difference()
    {
        var stats = Stats(Row("summary", 10, 4, 12.5), Row("bucket", 10, 4, 12.5) with { At = Now });

        StatsSet.Difference(stats, Stats(Row("summary", 10, 4, 12.5 + 1e-9), Row("bucket", 10, 4, 12.5) with { At = Now })).ShouldBeNull();
        StatsSet.Difference(stats, Stats(Row("summary", 10, 4, 12.6), Row("bucket", 10, 4, 12.5) with { At = Now })).ShouldNotBeNull().ShouldContain("summary");
        StatsSet.Difference(stats, Stats(Row("summary", 10, 4, null), Row("bucket", 10, 4, 12.5) with { At = Now })).ShouldNotBeNull();
        StatsSet.Difference(stats, Stats(Row("summary", 10, 4, 12.5))).ShouldNotBeNull().ShouldContain("buckets");
        StatsSet.Difference(stats, Stats(Row("summary", 10, 4, 12.5), Row("bucket", 10, 3, 12.5) with { At = Now })).ShouldNotBeNull();
    }

    [Fact]
    public void There_are_always_168_hours_of_the_week_and_the_answer_says_how_old_it_is()
    {
        var stats = Stats(Row("summary", 4, 1, 60), Row("slot", 3, 1, null) with { Slot = 0 }, Row("slot", 1, 0, null) with { Slot = 167 });

        var shown = EmailAnalyticsResponse.Of(null, StatsSpan.Of(null, null, null, Now), stats, Now.AddSeconds(90));

        shown.ByHourOfWeek.Count.ShouldBe(168);
        shown.ByHourOfWeek.Select(hour => hour.Hour).ShouldBe(Enumerable.Range(0, 168));
        shown.ByHourOfWeek[0].ResponseRate.ShouldBe(1d / 3);
        shown.ByHourOfWeek[1].ShouldBe(new(1, 0, 0, 0));
        shown.ByHourOfWeek[167].Sent.ShouldBe(1);
        shown.Summary.ResponseRate.ShouldBe(0.25);
        shown.AgeSeconds.ShouldBe(90);
    }

    [Fact]
    public void The_key_of_stats_changes_with_the_version_of_any_account()
    {
        Guid[] accounts = [Guid.CreateVersion7(Now), Guid.CreateVersion7(Now)];
        var span = StatsSpan.Of(null, null, null, Now);
        var key = new StatsQuery(new(Guid.Empty, accounts, [1, 1]), span).CacheKey();

        new StatsQuery(new(Guid.Empty, [.. accounts], [1, 1]), StatsSpan.Of(null, null, null, Now)).CacheKey().ShouldBe(key);
        new StatsQuery(new(Guid.Empty, accounts, [1, 2]), span).CacheKey().ShouldNotBe(key);
        new StatsQuery(new(Guid.Empty, accounts, [1, 1]), span with { Bucket = "week" }).CacheKey().ShouldNotBe(key);
    }

    private static StatsSet Stats(params StatsRow[] rows) => StatsSet.Of(rows, Now, StatsSet.Tables, Now);

    private static StatsRow Row(string part, long sent, long responded, double? median) =>
        new(part, null, null, null, sent, responded, 0, 0, 0, 0, 0, median, median);
}
