using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Edge.Api.Social.Accounts;

namespace Switchboard.Tests.Unit.Social.Accounts;

public sealed class AccountDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly WarmupStep[] Steps = [new(3, 2), new(4, 5)];

    [Theory]
    [InlineData(0, 2)]
    [InlineData(3 * 24 - 0.01, 2)]
    [InlineData(3 * 24, 5)]
    [InlineData(7 * 24 - 0.01, 5)]
    [InlineData(7 * 24, null)]
    [InlineData(9_000, null)]
    [InlineData(-1, 2)]
    public void A_warm_up_lets_more_and_more_pass_until_it_is_over(double hours, int? cap) =>
        WarmupPlan.CapOf(Steps, Now, Now.AddHours(hours)).ShouldBe(cap);

    [Fact]
    public void A_warm_up_ends_after_the_days_of_all_its_steps()
    {
        WarmupPlan.EndsAt(Steps, Now).ShouldBe(Now.AddDays(7));
        WarmupPlan.CapOf(Steps, Now, WarmupPlan.EndsAt(Steps, Now)).ShouldBeNull();
        WarmupPlan.Read(WarmupPlan.Write(Steps)).ShouldBe(Steps);
    }

    [Theory]
    [InlineData(2, 5, 2, "warm-up")]
    [InlineData(5, 2, 2, "daily-cap")]
    [InlineData(null, 2, 2, "daily-cap")]
    [InlineData(5, null, 5, "warm-up")]
    [InlineData(null, null, null, null)]
    public void The_least_of_the_caps_counts(int? warmup, int? own, int? posts, string? reason)
    {
        var cap = AccountCap.Of(warmup, own, quotaLeft: null);

        (cap.Posts, cap.Reason).ShouldBe((posts, reason));
    }

    [Fact]
    public void A_quota_that_was_reset_since_says_nothing()
    {
        var quota = new AccountQuota(90, 100, Now);

        quota.LeftAt(Now.AddSeconds(-1)).ShouldBe(10);
        quota.LeftAt(Now).ShouldBeNull();
        (quota with { Used = 120, ResetsAt = null }).LeftAt(Now).ShouldBe(0);
    }

    [Theory]
    [InlineData(AccountStates.Paused, 1, AccountStates.Warming)]
    [InlineData(AccountStates.Paused, -1, AccountStates.Active)]
    [InlineData(AccountStates.Suspended, null, AccountStates.Active)]
    [InlineData(AccountStates.Warming, 1, AccountStates.Warming)]
    [InlineData(AccountStates.Active, null, AccountStates.Active)]
    public void An_account_goes_on_in_its_warm_up_where_that_is_not_over(string state, int? days, string expected) =>
        AccountTransitions.Resumed(new(state, null, days is { } left ? Now.AddDays(left) : null), Now).ShouldBe(expected);

    [Theory]
    [InlineData(AccountStates.Paused, 1, AccountStates.Limited)]
    [InlineData(AccountStates.Paused, 0, AccountStates.Active)]
    [InlineData(AccountStates.Suspended, 1, AccountStates.Active)]
    public void A_limit_that_is_not_over_is_there_after_a_pause(string state, int hours, string expected) =>
        AccountTransitions.Resumed(new(state, Now.AddHours(hours), null), Now).ShouldBe(expected);

    [Fact]
    public void Only_who_connects_it_again_mends_an_authorization_and_no_person_ends_a_limit()
    {
        AccountTransitions.ResumeRefusal(AccountStates.NeedsAuthorization, null).ShouldNotBeNull().ShouldContain("connect it again");
        AccountTransitions.PauseRefusal(AccountStates.NeedsAuthorization).ShouldNotBeNull();
        AccountTransitions.ResumeRefusal(AccountStates.Limited, Now).ShouldNotBeNull().ShouldContain("2026-03-01 10:00");
        foreach (var state in AccountStates.All.Except([AccountStates.NeedsAuthorization, AccountStates.Limited]))
        {
            AccountTransitions.ResumeRefusal(state, null).ShouldBeNull(state);
            AccountTransitions.PauseRefusal(state).ShouldBeNull(state);
        }
    }

    [Theory]
    [InlineData(AccountStates.Active, 3, AccountStates.Warming)]
    [InlineData(AccountStates.Warming, null, AccountStates.Active)]
    [InlineData(AccountStates.Paused, 3, AccountStates.Paused)]
    [InlineData(AccountStates.NeedsAuthorization, null, AccountStates.NeedsAuthorization)]
    public void A_warm_up_that_begins_or_ends_changes_no_account_that_does_not_publish(string state, int? days, string expected) =>
        AccountTransitions.Warmed(state, days is { } left ? Now.AddDays(left) : null, Now).ShouldBe(expected);

    [Fact]
    public void A_token_is_renewed_early_one_of_weeks_at_half_of_its_time()
    {
        SocialGrant.Of(new("a", "r", 7_200), null, Now, renews: true).RenewAt.ShouldBe(Now.AddMinutes(110));
        SocialGrant.Of(new("a", null, 600), "r", Now, renews: true).ShouldBe(new("a", "r", Now.AddMinutes(5), Now.AddMinutes(10)));
        SocialGrant.Of(new("a", null, 60 * 86_400), null, Now, renews: true).RenewAt.ShouldBe(Now.AddDays(30));
        SocialGrant.Of(new("a", null, 60 * 86_400), null, Now, renews: false).ShouldBe(new("a", null, null, Now.AddDays(60)));
        SocialGrant.Of(new OAuthGrant("a"), null, Now, renews: true).ShouldBe(new("a"), "one that does not end is not renewed");
        SocialGrant.Of(new("a", "", 7_200), "kept", Now, renews: true).RefreshToken.ShouldBe("kept", "none came: the one before stays");
    }

    [Theory]
    [InlineData("mastodon.example", true)]
    [InlineData("https://mastodon.example/", true)]
    [InlineData("http://mastodon.example", false)]
    [InlineData("http://127.0.0.1:5090/social/mastodon", true)]
    [InlineData("http://localhost:5090/social/mastodon", true)]
    [InlineData("ftp://mastodon.example", false)]
    [InlineData("https://user:x@mastodon.example", false)]
    [InlineData("https://mastodon.example/?q", false)]
    [InlineData("https://", false)]
    [InlineData("", false)]
    public void A_server_is_reached_by_https_unless_it_is_the_operators_own(string text, bool isTaken) =>
        (SocialServers.ErrorOf(text, allowsPlain: true, out _) is null).ShouldBe(isTaken);

    [Fact]
    public void Without_networks_of_the_operators_own_no_server_does_without_TLS() =>
        SocialServers.ErrorOf("http://127.0.0.1:5090", allowsPlain: false, out _).ShouldNotBeNull();
}
