using Switchboard.Core.FeatureFlags;

namespace Switchboard.Tests.Unit.FeatureFlags;

public sealed class BreakerStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Off = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public void Four_failures_in_a_row_keep_it_closed_the_fifth_opens_it()
    {
        var four = Fail(BreakerState.Closed, 4);
        four.Ask(Now).Verdict.ShouldBe(BreakerVerdict.Closed);

        Fail(four, 1).ShouldSatisfyAllConditions(
            five => five.OpenUntil.ShouldBe(Now + Off),
            five => five.Failures.ShouldBe(5),
            five => five.Ask(Now).Verdict.ShouldBe(BreakerVerdict.Open));
    }

    [Fact]
    public void A_success_resets_the_count() =>
        Fail(Fail(BreakerState.Closed, 4).Succeed(trial: false), 4).Ask(Now).Verdict.ShouldBe(BreakerVerdict.Closed);

    [Fact]
    public void It_is_open_for_five_minutes_to_the_tick_then_one_call_tries_it()
    {
        var off = Fail(BreakerState.Closed, 5);

        off.Ask(Now + Off - Tick).Verdict.ShouldBe(BreakerVerdict.Open);
        var (verdict, tried) = off.Ask(Now + Off);
        verdict.ShouldBe(BreakerVerdict.Trial);
        tried.Ask(Now + Off).Verdict.ShouldBe(BreakerVerdict.Open);
    }

    [Fact]
    public void A_trial_that_works_closes_it() => Tried().Succeed(trial: true).ShouldBe(BreakerState.Closed);

    [Fact]
    public void A_trial_that_fails_opens_it_for_another_five_minutes()
    {
        var later = Now + Off;

        var again = Tried().Fail(trial: true, later, 5, Off);

        again.OpenUntil.ShouldBe(later + Off);
        again.Ask(later + Off - Tick).Verdict.ShouldBe(BreakerVerdict.Open);
        again.Ask(later + Off).Verdict.ShouldBe(BreakerVerdict.Trial);
    }

    [Fact]
    public void A_trial_that_ends_without_an_answer_lets_the_next_call_try() =>
        Tried().Abandon(trial: true).Ask(Now + Off).Verdict.ShouldBe(BreakerVerdict.Trial);

    [Fact]
    public void A_trial_that_never_ends_lets_another_try_after_a_minute()
    {
        Tried().Ask(Now + Off + BreakerState.MaxTrial - Tick).Verdict.ShouldBe(BreakerVerdict.Open);
        Tried().Ask(Now + Off + BreakerState.MaxTrial).Verdict.ShouldBe(BreakerVerdict.Trial);
    }

    [Fact]
    public void What_started_before_it_opened_neither_closes_it_nor_keeps_it_open_for_longer()
    {
        var off = Fail(BreakerState.Closed, 5);

        off.Succeed(trial: false).ShouldBe(off);
        off.Fail(trial: false, Now + Off / 2, 5, Off).ShouldBe(off);
        Tried().Abandon(trial: false).ShouldBe(Tried());
    }

    [Fact]
    public void It_follows_another_process_and_not_the_echo_of_itself()
    {
        BreakerState.Closed.Follow(Now + Off).OpenUntil.ShouldBe(Now + Off);

        var off = Fail(BreakerState.Closed, 5);
        off.Follow(Now + Off + TimeSpan.FromSeconds(1)).ShouldBe(off);
        off.Follow(Now + Off + TimeSpan.FromSeconds(60)).OpenUntil.ShouldBe(Now + Off + TimeSpan.FromSeconds(60));
    }

    private static BreakerState Tried() => Fail(BreakerState.Closed, 5).Ask(Now + Off).Next;

    private static BreakerState Fail(BreakerState state, int times) =>
        Enumerable.Range(0, times).Aggregate(state, (last, _) => last.Fail(trial: false, Now, 5, Off));
}
