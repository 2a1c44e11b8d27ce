using Switchboard.Edge.Api.Email.Syncs;

namespace Switchboard.Tests.Unit.Email.Accounts;

public sealed class AccountSyncTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, -10, true)]
    [InlineData(-10, -10, true)]
    [InlineData(-20, -10, true)]
    [InlineData(-10, -20, false)]
    [InlineData(-10, null, false)]
    public void A_sync_covers_another_that_reads_no_more(int? running, int? wanted, bool covers) =>
        SyncCoverage.Covers(At(running), At(wanted)).ShouldBe(covers);

    [Fact]
    public void A_sync_that_runs_says_how_fast_it_is_and_when_it_ends()
    {
        var pace = SyncPace.Of(SyncState.Running, processed: 3_000, total: 12_000, Now.AddSeconds(-10), Now);

        pace.ShouldBe(new SyncPace(300, Now.AddSeconds(30)));
    }

    [Fact]
    public void More_mail_than_there_was_when_it_was_planned_ends_now() =>
        SyncPace.Of(SyncState.Running, 110, 100, Now.AddSeconds(-11), Now).EstimatedEndAt.ShouldBe(Now);

    [Theory]
    [InlineData(SyncState.Paused)]
    [InlineData(SyncState.Completed)]
    [InlineData(SyncState.Cancelled)]
    public void What_does_not_run_has_no_end_to_come(string state) =>
        SyncPace.Of(state, 100, 1_000, Now.AddSeconds(-10), Now).ShouldBe(new SyncPace(10, null));

    [Fact]
    public void Before_there_is_anything_to_count_nothing_is_said()
    {
        SyncPace.Of(SyncState.Queued, 0, null, null, Now).ShouldBe(new SyncPace(null, null));
        SyncPace.Of(SyncState.Running, 0, 100, Now.AddSeconds(-10), Now).ShouldBe(new SyncPace(null, null));
        SyncPace.Of(SyncState.Running, 10, 100, Now, Now).ShouldBe(new SyncPace(null, null));
        SyncPace.Of(SyncState.Running, 10, null, Now.AddSeconds(-10), Now).ShouldBe(new SyncPace(1, null));
    }

    [Fact]
    public void An_end_beyond_all_reason_is_none() =>
        SyncPace.Of(SyncState.Running, 1, long.MaxValue, Now.AddDays(-1), Now).EstimatedEndAt.ShouldBeNull();

    [Theory]
    [InlineData("active", true, false)]
    [InlineData("paused", true, true)]
    [InlineData("revoked", true, true)]
    [InlineData("active", false, true)]
    public void The_past_is_read_of_active_accounts_that_are_tracked(string status, bool isTracked, bool isRefused) =>
        (SyncRefusal.Of(status, isTracked) is not null).ShouldBe(isRefused);

    private static DateTimeOffset? At(int? days) => days is { } some ? Now.AddDays(some) : null;
}
