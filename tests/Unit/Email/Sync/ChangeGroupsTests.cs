using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Workers.Ingest.Email.Sync;

namespace Switchboard.Tests.Unit.Email.Sync;

public sealed class ChangeGroupsTests
{
    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Guid Ben = Guid.CreateVersion7();
    private static readonly Dictionary<string, Guid> Owners = new() { ["s-ann"] = Ann, ["s-ben"] = Ben };

    [Fact]
    public void Changes_are_sorted_by_account_and_each_mail_is_read_once()
    {
        var groups = ChangeGroups.Of(
            [
                [new("s-ann", "1"), new("s-ben", "1")],
                [new("s-ann", "2"), new("s-ann", "1"), new("s-gone", "3")],
                [new("s-gone", "4")],
                [new("s-ben", null, "missed"), new("s-ben", null, "missed")],
            ],
            Owners);

        groups.Keys.ShouldBe([Ann, Ben], ignoreOrder: true);
        groups[Ann].Messages.ShouldBe(["1", "2"]);
        groups[Ann].Events.ShouldBeEmpty();
        groups[Ann].Jobs.ShouldBe([0, 1]);
        groups[Ben].Messages.ShouldBe(["1"]);
        groups[Ben].Events.ShouldBe(["missed"]);
        groups[Ben].Jobs.ShouldBe([0, 3]);
    }

    [Fact]
    public void A_job_waits_for_its_worst_account_and_what_is_refused_keeps_none()
    {
        var groups = ChangeGroups.Of([[new("s-ann", "1")], [new("s-ann", "2"), new("s-ben", "1")], [new("s-gone", "1")]], Owners);

        Outcomes((Ann, FailureKind.Throttled)).ShouldBe([typeof(JobOutcome.SnoozeOutcome), typeof(JobOutcome.SnoozeOutcome), typeof(JobOutcome.DoneOutcome)]);
        Outcomes((Ann, FailureKind.Throttled), (Ben, FailureKind.Transient))
            .ShouldBe([typeof(JobOutcome.SnoozeOutcome), typeof(JobOutcome.RetryOutcome), typeof(JobOutcome.DoneOutcome)]);
        Outcomes((Ann, FailureKind.Permanent), (Ben, FailureKind.GrantRevoked)).ShouldAllBe(outcome => outcome == typeof(JobOutcome.DoneOutcome));

        Type[] Outcomes(params (Guid Account, FailureKind Kind)[] faults) =>
            [.. ReadGraphChangesHandler.Outcomes(3, groups, faults.ToDictionary(fault => fault.Account, fault => new ProviderFailure(fault.Kind, "why")))
                .Select(outcome => outcome.GetType())];
    }

    [Fact]
    public void An_account_that_is_followed_is_never_dead_of_an_outage()
    {
        var outage = new ProviderFailure(FailureKind.Transient, "away");

        FollowAccountHandler.OutcomeOf(outage, isLastAttempt: false).ShouldBe(JobOutcome.Retry("away"));
        FollowAccountHandler.OutcomeOf(outage, isLastAttempt: true).ShouldBe(JobOutcome.Done);
        FollowAccountHandler.OutcomeOf(null, isLastAttempt: true).ShouldBe(JobOutcome.Done);
    }

    [Fact]
    public void Polls_that_meet_a_limit_do_not_pile_up_until_it_is_over()
    {
        var limit = new ProviderFailure(FailureKind.Throttled, "slow down", RetryAfter: TimeSpan.FromMinutes(5));

        FollowAccountHandler.OutcomeOf(limit, isLastAttempt: false).ShouldBe(JobOutcome.Retry("slow down", TimeSpan.FromMinutes(5)));
        FollowAccountHandler.OutcomeOf(limit, isLastAttempt: true).ShouldBe(JobOutcome.Done);
    }

    [Fact]
    public void A_revoked_account_is_told_as_reminders_are_and_else_to_a_verified_phone()
    {
        var policy = TrackingPolicy.All;
        var reminded = policy with { FollowUp = new(2, 3, "UTC", "sms", "+15550100009") };

        AccountRevocation.Recipient(reminded, "+15550100001").ShouldBe(("sms", "+15550100009"));
        AccountRevocation.Recipient(policy, "+15550100001").ShouldBe(("whatsapp", "+15550100001"));
        AccountRevocation.Recipient(policy, phone: null).ShouldBeNull();
    }
}
