using Switchboard.Load.Reporting;
using Switchboard.Load.Running;
using Switchboard.Load.Sms;

namespace Switchboard.Tests.Simulator.Load;

public sealed class SmsPlanTests
{
    private static readonly RunToken Token = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private static readonly PhoneNumber[] Senders = [.. Enumerable.Range(0, 1000).Select(line => new PhoneNumber($"+1555{line:D7}", "key"))];
    private static readonly SampleMedia[] Media = [new("http://sim.test/1", "image/jpeg", "image", 5, null), new("http://sim.test/2", "audio/wav", "audio", 6, "hello")];
    private readonly SmsPlan _plan = new(Token, Senders, Media, mediaShare: 0.2);

    [Fact]
    public void The_same_number_is_the_same_SMS_and_each_has_a_sid_that_names_it()
    {
        _plan.Of(7).ShouldBe(new SmsPlan(Token, Senders, Media, mediaShare: 0.2).Of(7));

        Enumerable.Range(0, 1000).Select(number => _plan.NumberOf(_plan.Of(number).Sid)).ShouldBe(Enumerable.Range(0, 1000).Select(number => (long?)number));
    }

    [Fact]
    public void An_SMS_of_another_run_is_none_of_this_one()
    {
        var other = new SmsPlan(new RunToken(new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero)), Senders, Media, 0.2);

        _plan.NumberOf(other.Of(7).Sid).ShouldBeNull();
        _plan.NumberOf("SM0192f0c1").ShouldBeNull();
        _plan.NumberOf("SM" + new string('z', 32)).ShouldBeNull();
    }

    [Fact]
    public void A_fifth_has_media_of_each_kind()
    {
        var texts = Enumerable.Range(0, 10_000).Select(number => _plan.Of(number)).ToList();

        texts.Count(text => text.Media is not null).ShouldBeInRange(1_850, 2_150);
        texts.Count(text => text.Media?.Kind == "audio").ShouldBeInRange(900, 1_100);
    }

    [Fact]
    public void A_few_numbers_send_most_of_the_SMS()
    {
        var texts = Enumerable.Range(0, 10_000).Select(number => _plan.Of(number).Sender).ToList();

        // of 1,000 ranks the first has 1/7.485 of all, the first hundred 5.187/7.485
        texts.Count(sender => sender == Senders[0]).ShouldBeInRange(1_230, 1_440);
        texts.Count(Senders[..100].Contains).ShouldBeInRange(6_780, 7_080);
    }

    [Fact]
    public void A_place_belongs_to_the_rank_in_whose_share_it_is()
    {
        // 1, 1/2 and 1/3: the shares end at 6/11, 9/11 and 1
        var zipf = new Zipf(3);

        new[] { 0, 0.54, 0.55, 0.81, 0.82, 0.9999999999999999 }.Select(zipf.At).ShouldBe([0, 0, 1, 1, 2, 2]);
        new Zipf(1).At(0.5).ShouldBe(0);
    }

    [Fact]
    public void A_form_is_signed_as_twilios_own_example_is() =>
        new TwilioSigner("12345").Sign("https://mycompany.com/myapp.php?foo=1&bar=2", new Dictionary<string, string>
        {
            ["From"] = "+14158675309",
            ["Digits"] = "1234",
            ["CallSid"] = "CA1234567890ABCDE",
            ["To"] = "+18005551212",
            ["Caller"] = "+14158675309",
        }).ShouldBe("RSOYDt4T1cUTdK1PDd93/VVr8B8=");

    [Fact]
    public void Memory_is_read_as_the_kernel_writes_it() =>
        MemoryWatch.Parse(["Name:\tdotnet", "VmPeak:\t  999999 kB", "VmHWM:\t  2048 kB", "VmRSS:\t  1024 kB"]).ShouldBe((1_048_576, 2_097_152));

    [Fact]
    public async Task The_memory_of_a_process_is_watched_if_it_is_there()
    {
        await using var watch = MemoryWatch.Begin(Environment.ProcessId, TimeProvider.System);

        var (peak, growth) = watch.ShouldNotBeNull().Result();
        peak.ShouldBeInRange(10, 10_000);
        growth.ShouldBeInRange(0, peak);
        MemoryWatch.Begin(int.MaxValue, TimeProvider.System).ShouldBeNull();
    }

    [Fact]
    public void The_hit_rate_is_that_of_the_load_alone_unless_the_counts_started_again()
    {
        CacheReading.HitRate(new(100, 100, 0.5), new(199, 101, 0.66)).ShouldBe(0.99);
        CacheReading.HitRate(new(100, 100, 0.5), new(99, 1, 0.99)).ShouldBe(0.99);
        CacheReading.HitRate(new(100, 100, 0.5), new(100, 100, 0.5)).ShouldBeNull();
        CacheReading.HitRate(null, null).ShouldBeNull();
    }
}
