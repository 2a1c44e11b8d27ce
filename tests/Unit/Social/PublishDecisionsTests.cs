using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Publishing;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Publishing;

namespace Switchboard.Tests.Unit.Social;

public sealed class PublishDecisionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 14, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Guid.CreateVersion7(Now);
    private static readonly PlatformDefinition X = SocialPlatforms.All[SocialPlatforms.X];
    private static readonly PlatformDefinition Mastodon = SocialPlatforms.All[SocialPlatforms.Mastodon];
    private static readonly PlatformDefinition Bluesky = SocialPlatforms.All[SocialPlatforms.Bluesky];

    private readonly PublishDecisions _decisions = new(Options.Create(new PublishingOptions()));

    [Theory]
    [InlineData(FailureKind.UnknownOutcome, true, "unknown", "unknown")]
    [InlineData(FailureKind.UnknownOutcome, false, "waiting", null)]
    [InlineData(FailureKind.Transient, true, "waiting", "withdrawn")]
    [InlineData(FailureKind.Throttled, true, "waiting", "withdrawn")]
    [InlineData(FailureKind.Throttled, false, "waiting", null)]
    [InlineData(FailureKind.Unauthorized, true, "waiting", "withdrawn")]
    [InlineData(FailureKind.GrantRevoked, false, "waiting", null)]
    [InlineData(FailureKind.AccountBlocked, true, "waiting", "withdrawn")]
    [InlineData(FailureKind.Permanent, true, "failed", "failed")]
    [InlineData(FailureKind.NotFound, false, "failed", "failed")]
    [InlineData(FailureKind.StalePosition, true, "failed", "failed")]
    public void What_a_failure_without_an_answer_means(FailureKind kind, bool isSent, string state, string? attempt)
    {
        var decision = _decisions.Failed(Target(), isSent, new(kind, "why"), Now, 0);

        (decision.Target.State, decision.Target.Attempt).ShouldBe((state, attempt));
    }

    [Fact]
    public void What_a_platform_answered_takes_attempts_with_longer_waits_and_then_it_has_failed()
    {
        var waits = Enumerable.Range(0, 3).Select(attempts => _decisions.Failed(
            Target() with { Attempts = attempts }, true, new(FailureKind.Transient, "why", 200), Now, 0).Target).ToList();

        waits.Select(target => target.NextAttemptAt - Now).ShouldBe([TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60), null]);
        waits.Select(target => target.State).ShouldBe(["waiting", "waiting", "failed"]);
        waits.Select(target => target.Number).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void What_cannot_be_reached_waits_longer_and_longer_and_then_takes_attempts()
    {
        var failure = new ProviderFailure(FailureKind.Transient, "why");
        TargetSettlement After(double hours) => _decisions.Failed(
            Target() with { Reason = TargetReasons.Unreachable, HeldSince = Now.AddHours(-hours) }, true, failure, Now, 0).Target;

        (After(0).NextAttemptAt - Now).ShouldBe(TimeSpan.FromSeconds(5));
        (After(0.1).NextAttemptAt - Now).ShouldBe(TimeSpan.FromMinutes(6));
        (After(10).NextAttemptAt - Now).ShouldBe(TimeSpan.FromMinutes(10));
        After(24).Reason.ShouldBe(TargetReasons.Retry);
    }

    [Fact]
    public void An_account_is_limited_by_what_its_platform_answered_and_by_nothing_else()
    {
        AccountChange? Of(int? status, string? code = null) =>
            _decisions.Failed(Target(), true, new(FailureKind.Throttled, "why", status, TimeSpan.FromMinutes(5), code), Now, 0).Account;

        Of(429).ShouldNotBeNull().Until.ShouldBe(Now.AddMinutes(5));
        Of(null).ShouldBeNull();
        Of(null, SocialFailures.ProxyDown).ShouldBeNull();
    }

    [Fact]
    public void That_a_platform_shows_nothing_is_believed_when_it_has_had_its_time_or_would_take_the_same_for_one()
    {
        ReadBack absent = new ReadBack.Absent();

        var soon = _decisions.ReadBack(Target() with { Attempts = 1, SentAt = Now.AddSeconds(-10) }, X, absent, Now).Target;
        (soon.State, soon.Attempt, soon.NextAttemptAt).ShouldBe(("unknown", null, Now.AddSeconds(50)));
        var later = _decisions.ReadBack(Target() with { Attempts = 1, SentAt = Now.AddSeconds(-60) }, X, absent, Now).Target;
        (later.State, later.Attempt, later.SettledBy).ShouldBe(("waiting", "failed", "read-back"));
        _decisions.ReadBack(Target() with { Attempts = 1, SentAt = Now.AddSeconds(-10) }, Bluesky, absent, Now)
            .Target.State.ShouldBe("waiting");
        _decisions.ReadBack(Target() with { Attempts = 1, SentAt = Now.AddSeconds(-10) }, Mastodon, absent, Now)
            .Target.State.ShouldBe("unknown", "its key is forgotten before an attempt that waits long");
        _decisions.ReadBack(Target() with { Attempts = 3, SentAt = Now.AddSeconds(-60) }, X, absent, Now).Target.State.ShouldBe("failed");
    }

    [Fact]
    public void It_is_asked_more_and_more_rarely_and_in_the_end_a_person_is()
    {
        var (now, looks, last) = (Now, 0, TimeSpan.Zero);
        var target = Target() with { Attempts = 1, SentAt = Now };
        while (_decisions.ReadBack(target, X, new ReadBack.NotYet(TimeSpan.FromSeconds(1)), now).Target.NextAttemptAt is { } next)
        {
            (next - now).ShouldBeGreaterThanOrEqualTo(last);
            (now, last, looks) = (next, next - now, looks + 1);
        }

        (now - Now).ShouldBeInRange(TimeSpan.FromHours(24), TimeSpan.FromHours(24.25));
        looks.ShouldBeLessThan(120);
        _decisions.ReadBack(target, X, new ReadBack.CannotTell(), Now).Target.Reason.ShouldBe(TargetReasons.NeedsPerson);
    }

    [Fact]
    public void What_the_account_does_not_let_out_waits_and_says_so()
    {
        TargetSettlement? Hold(ClaimedTarget target, AccountCap? cap = null, bool isDown = false) => PublishDecisions.Hold(
            target,
            new(Id, Id, "x", "", "1", "name", "active", new(Id, 1, new("http://proxy:1"), isDown)),
            cap, Now, 0);

        Hold(Target()).ShouldBeNull();
        Hold(Target() with { AccountState = "paused" })!.Reason.ShouldBe("account-paused");
        Hold(Target() with { AccountState = "paused", AccountUntil = Now.AddMinutes(-1) })!.NextAttemptAt.ShouldBeNull("the limit before it says nothing");
        Hold(Target() with { AccountState = "limited", AccountUntil = Now.AddMinutes(1) })!.NextAttemptAt.ShouldBe(Now.AddMinutes(1));
        Hold(Target(), isDown: true)!.Reason.ShouldBe("proxy-down");
        Hold(Target() with { SentToday = 1 }, new(2, "warm-up", null)).ShouldBeNull();
        var capped = Hold(Target() with { SentToday = 2 }, new(2, "warm-up", null))!;
        (capped.Reason, capped.NextAttemptAt, capped.Attempt).ShouldBe(("warm-up", Now.AddHours(10), null));
        Hold(Target(), new(null, "platform-quota", 0))!.Reason.ShouldBe("platform-quota");
    }

    private static ClaimedTarget Target() => new(
        Id, Id, Id, Id, SocialPlatforms.X, TargetStates.Pending, Turn.Publish, Id)
    {
        DueAt = Now,
        Content = new(),
        Version = 1,
        Attempts = 0,
        AttemptLimit = 3,
        AccountState = AccountStates.Active,
    };
}
