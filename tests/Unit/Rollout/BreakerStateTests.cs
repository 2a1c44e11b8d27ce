using Switchboard.Core.FeatureFlags;

namespace Switchboard.Tests.Unit.Rollout;

public sealed class BreakerStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Off = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void Four_failures_in_a_row_are_borne_the_fifth_turns_it_off()
    {
        var four = Fail(BreakerState.On, 4);
        four.Ask(Now).Verdict.ShouldBe(BreakerVerdict.Go);

        Fail(four, 1).ShouldSatisfyAllConditions(
            five => five.OffUntil.ShouldBe(Now + Off), five => five.Failures.ShouldBe(5), five => five.Ask(Now).Verdict.ShouldBe(BreakerVerdict.Fallback));
    }

    [Fact]
    public void A_success_begins_the_count_anew() =>
        Fail(Fail(BreakerState.On, 4).Succeed(trial: false), 4).Ask(Now).Verdict.ShouldBe(BreakerVerdict.Go);

    [Fact]
    public void It_is_off_for_five_minutes_to_the_tick_then_one_call_tries_it()
    {
        var off = Fail(BreakerState.On, 5);

        off.Ask(Now + Off - Tick).Verdict.ShouldBe(BreakerVerdict.Fallback);
        var (verdict, tried) = off.Ask(Now + Off);
        verdict.ShouldBe(BreakerVerdict.Trial);
        tried.Ask(Now + Off).Verdict.ShouldBe(BreakerVerdict.Fallback);
    }

    [Fact]
    public void A_trial_that_works_turns_it_on() => Tried().Succeed(trial: true).ShouldBe(BreakerState.On);

    [Fact]
    public void A_trial_that_fails_turns_it_off_for_another_five_minutes()
    {
        var later = Now + Off;

        var again = Tried().Fail(trial: true, later, 5, Off);

        again.OffUntil.ShouldBe(later + Off);
        again.Ask(later + Off - Tick).Verdict.ShouldBe(BreakerVerdict.Fallback);
        again.Ask(later + Off).Verdict.ShouldBe(BreakerVerdict.Trial);
    }

    [Fact]
    public void A_trial_that_ends_without_an_answer_lets_the_next_call_try() =>
        Tried().Abandon(trial: true).Ask(Now + Off).Verdict.ShouldBe(BreakerVerdict.Trial);

    [Fact]
    public void A_trial_that_never_ends_lets_another_try_after_a_minute()
    {
        Tried().Ask(Now + Off + BreakerState.LongestTrial - Tick).Verdict.ShouldBe(BreakerVerdict.Fallback);
        Tried().Ask(Now + Off + BreakerState.LongestTrial).Verdict.ShouldBe(BreakerVerdict.Trial);
    }

    [Fact]
    public void What_began_before_it_fell_neither_turns_it_on_nor_off_for_longer()
    {
        var off = Fail(BreakerState.On, 5);

        off.Succeed(trial: false).ShouldBe(off);
        off.Fail(trial: false, Now + Off / 2, 5, Off).ShouldBe(off);
        Tried().Abandon(trial: false).ShouldBe(Tried());
    }

    [Fact]
    public void It_follows_another_process_and_not_the_echo_of_itself()
    {
        BreakerState.On.Hear(Now + Off).OffUntil.ShouldBe(Now + Off);

        var off = Fail(BreakerState.On, 5);
        off.Hear(Now + Off + TimeSpan.FromSeconds(1)).ShouldBe(off);
        off.Hear(Now + Off + TimeSpan.FromSeconds(60)).OffUntil.ShouldBe(Now + Off + TimeSpan.FromSeconds(60));
    }

    private static BreakerState Tried() => Fail(BreakerState.On, 5).Ask(Now + Off).Next;

    private static BreakerState Fail(BreakerState state, int times) =>
        Enumerable.Range(0, times).Aggregate(state, (last, _) => last.Fail(trial: false, Now, 5, Off));
}
