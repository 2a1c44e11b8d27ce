using System.Buffers.Binary;
using System.Globalization;
using Switchboard.Edge.Api.Email.Analytics;

namespace Switchboard.Tests.Unit.Email.Tracking;

/// <summary>What is counted of packed mails; <c>Queries/StatsTests</c> packs them as the database does.</summary>
public sealed class StatsCounterTests
{
    private const int Active = 0;
    private const int Responded = 1;
    private const int Bounced = 2;
    private const int Expired = 3;
    private const int Stopped = 4;

    // a Sunday
    private static readonly DateOnly Day = new(2026, 3, 1);

    [Fact]
    public void Mails_are_counted_by_bucket_by_hour_of_the_week_by_domain_and_in_all()
    {
        var counter = new StatsCounter("day");
        counter.Add(Day, "a.test\nb.test", [.. Mail(0, 8, Responded, 10), .. Mail(1, 8, Bounced), .. Mail(1, 23, Expired, auto: true)]);
        counter.Add(Day.AddDays(1), "b.test", [.. Mail(0, 0, Responded, 20), .. Mail(0, 0, Stopped, 40), .. Mail(0, 1, Active)]);
        counter.Add(Day, "c.test", Mail(0, 8, Active));

        var stats = StatsSet.Of(counter.Rows(), default, StatsSet.Views, default);

        stats.Summary.ShouldBe(new("summary", null, null, null, 7, 3, 1, 1, 1, 1, 2, 20, 36));
        stats.Buckets.Select(row => (row.At, row.Sent, row.Responded, row.Median, row.P90)).ShouldBe(
            [(At(Day), 4, 1, 10, 10), (At(Day.AddDays(1)), 3, 2, 30, 38)]);
        stats.Slots.Select(row => (row.Slot, row.Sent, row.Responded)).ShouldBe([(0, 2, 2), (1, 1, 0), (152, 3, 1), (167, 1, 0)]);
        stats.Domains.Select(row => (row.Domain, row.Sent, row.Responded, row.Bounced, row.Median)).ShouldBe(
            [("b.test", 5, 2, 1, 30), ("a.test", 1, 1, 0, 10), ("c.test", 1, 0, 0, null)]);
    }

    [Theory]
    [InlineData("hour", "2026-03-01T23:00:00Z")]
    [InlineData("day", "2026-03-01T00:00:00Z")]
    [InlineData("week", "2026-02-23T00:00:00Z")]
    [InlineData("month", "2026-03-01T00:00:00Z")]
    public void A_bucket_begins_as_date_trunc_has_it(string bucket, string begins)
    {
        var counter = new StatsCounter(bucket);
        counter.Add(Day, "", Mail(0, 23, Active));

        counter.Rows().Single(row => row.Part == StatsRow.Bucket).At.ShouldBe(DateTimeOffset.Parse(begins, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void The_longest_time_the_last_domain_and_mails_to_nobody_are_counted_too()
    {
        var domains = Enumerable.Range(0, 5_000).Select(n => $"{n:D4}.test").Prepend("").ToArray();
        var counter = new StatsCounter("month");
        counter.Add(Day, string.Join('\n', domains), [.. Mail(5_000, 0, Responded, int.MaxValue), .. Mail(0, 0, Responded, 0), .. Mail(0, 0, Active)]);

        var rows = counter.Rows().ToLookup(row => row.Part);

        rows[StatsRow.Summary].Single().P90.ShouldNotBeNull().ShouldBe(int.MaxValue * 0.9, tolerance: 1);
        var named = rows[StatsRow.RecipientDomain].ToArray();
        named.Take(2).Select(row => (row.Domain, row.Sent)).ShouldBe([("", 2), ("4999.test", 1)]);
    }

    [Fact]
    public void The_hundred_domains_with_the_most_mails_are_shown_those_alike_by_name()
    {
        var counter = new StatsCounter("day");
        for (var domain = 0; domain < 150; domain++)
            counter.Add(Day, $"{domain:D3}.test", [.. Enumerable.Repeat(Mail(0, 0, Active), domain < 120 ? 1 : 2).SelectMany(mail => mail)]);

        var shown = counter.Rows().Where(row => row.Part == StatsRow.RecipientDomain).Select(row => row.Domain).ToArray();

        shown.ShouldBe([.. Enumerable.Range(120, 30).Concat(Enumerable.Range(0, 70)).Select(domain => $"{domain:D3}.test")]);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 10)]
    [InlineData(33, 3)]
    [InlineData(1_000, 4)]
    [InlineData(1_001, 1_000_000)]
    [InlineData(20_000, int.MaxValue)]
    public void The_median_and_the_90th_percentile_are_those_of_all_values_in_their_order(int count, int below)
    {
        var dice = new Random(count);
        foreach (var order in new[] { 0, 1, -1 })
        {
            int[] values = [.. Enumerable.Range(0, count).Select(_ => dice.Next(below))];
            double[] sorted = [.. values.Order()];
            if (order != 0)
                Array.Sort(values, (one, other) => order * one.CompareTo(other));

            Percentiles.Of(values).ShouldBe((Expected(sorted, 0.5), Expected(sorted, 0.9)));
        }

        // D. R. Musser's order, in which the middle one of three is always among the smallest
        int[] slow = [.. Enumerable.Range(1, count).Select(n => n % 2 == 1 ? n : count + n), .. Enumerable.Range(1, count).Select(n => 2 * n)];
        double[] inOrder = [.. slow.Order()];
        Percentiles.Of(slow).ShouldBe((Expected(inOrder, 0.5), Expected(inOrder, 0.9)));

        Percentiles.Of([]).ShouldBe((null, null));

        static double Expected(double[] sorted, double share)
        {
            var place = share * (sorted.Length - 1);
            var (lower, upper) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
            return lower + ((place - Math.Floor(place)) * (upper - lower));
        }
    }

    [Theory]
    [InlineData("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z", "2026-03-01", "2026-03-03")]
    [InlineData("2026-03-01T00:00:01Z", "2026-03-03T00:00:00Z", "2026-03-02", "2026-03-03", "03-01 00:00:01 - 03-02 00:00:00")]
    [InlineData("2026-03-01T00:00:00Z", "2026-03-03T12:00:00Z", "2026-03-01", "2026-03-03", "03-03 00:00:00 - 03-03 12:00:00")]
    [InlineData(
        "2026-03-01T22:00:00Z", "2026-03-02T02:00:00Z", "2026-03-02", "2026-03-02", "03-01 22:00:00 - 03-02 00:00:00",
        "03-02 00:00:00 - 03-02 02:00:00")]
    [InlineData("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", "2026-03-01", "2026-03-01", "03-01 10:00:00 - 03-01 11:00:00")]
    [InlineData("2026-03-01T00:00:00Z", "2026-03-01T11:00:00Z", "2026-03-01", "2026-03-01", "03-01 00:00:00 - 03-01 11:00:00")]
    [InlineData("9999-12-31T10:00:00Z", "9999-12-31T11:00:00Z", "9999-12-31", "9999-12-31", "12-31 10:00:00 - 12-31 11:00:00")]
    public void Whole_days_of_a_span_are_read_as_days_and_its_ends_each_within_one(
        string from, string to, string first, string end, params string[] ends)
    {
        var days = DayStats.Days(new(Time(from), Time(to), "day"));

        days.First.ShouldBe(DateOnly.Parse(first, CultureInfo.InvariantCulture));
        days.End.ShouldBe(DateOnly.Parse(end, CultureInfo.InvariantCulture));
        days.Ends.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.From:MM-dd HH:mm:ss} - {part.To:MM-dd HH:mm:ss}")).ShouldBe(ends);

        static DateTimeOffset Time(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
    }

    private static DateTimeOffset At(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    private static byte[] Mail(int domain, int hour, int status, int? seconds = null, bool auto = false)
    {
        var mail = new byte[sizeof(long)];
        var answered = seconds is { } known ? (uint)known + 1ul : 0;
        BinaryPrimitives.WriteUInt64BigEndian(
            mail, (answered << 32) | ((uint)domain << 9) | ((uint)hour << 4) | (auto ? 8u : 0) | (uint)status);
        return mail;
    }
}
