using Switchboard.Core.Social;
using Switchboard.Core.Social.Health;

namespace Switchboard.Tests.Unit.Social;

public sealed class HealthScoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly HealthFacts Well = new(
        AccountStates.Active, 100, 0, 0, 0, Now.AddDays(-1), Now.AddDays(59), "up", null, null, Now.AddHours(-1), Now.AddDays(-100));

    [Fact]
    public void An_account_that_is_well_has_all_and_what_is_not_known_does_not_count()
    {
        HealthScore.Of(Well, Now).Score.ShouldBe(100);
        var fresh = HealthScore.Of(
            Well with { Published = 0, TokenRefreshedAt = null, TokenExpiresAt = null, ProxyState = null, LastPublishedAt = null, CreatedAt = Now }, Now);
        (fresh.Score, fresh.Parts.Values.Count(part => part.Score is not null)).ShouldBe((100, 0));
    }

    [Theory]
    [InlineData(HealthScore.SuccessRate, 65)]
    [InlineData(HealthScore.Throttling, 0)]
    [InlineData(HealthScore.TokenAge, 67)]
    [InlineData(HealthScore.Proxy, 0)]
    [InlineData(HealthScore.Warmup, 75)]
    [InlineData(HealthScore.Activity, 50)]
    public void Each_part_takes_its_share_and_no_more(string part, int score)
    {
        var facts = part switch
        {
            HealthScore.SuccessRate => Well with { Published = 65, Failed = 20, Unknown = 15 },
            HealthScore.Throttling => Well with { Throttled = 50 },
            HealthScore.TokenAge => Well with { TokenRefreshedAt = Now.AddDays(-50), TokenExpiresAt = Now.AddDays(10) },
            HealthScore.Proxy => Well with { ProxyState = "down" },
            HealthScore.Warmup => Well with { State = AccountStates.Warming, Warmup = [new(10, 2), new(10, 5)], WarmupStartedAt = Now.AddDays(-10) },
            _ => Well with { LastPublishedAt = Now.AddDays(-18.5) },
        };

        var health = HealthScore.Of(facts, Now);

        health.Parts[part].Score.ShouldBe(score);
        health.Parts.Where(other => other.Key != part).Select(other => other.Value.Score ?? 100).ShouldAllBe(other => other == 100);
        var known = health.Parts.Values.Where(one => one.Score is not null).ToList();
        health.Score.ShouldBe((int)Math.Round(known.Sum(one => one.Score!.Value * (double)one.Weight) / known.Sum(one => one.Weight)));
        HealthScore.ReadParts(health.WriteParts()).ShouldBe(health.Parts);
    }

    [Fact]
    public void A_token_that_lives_for_hours_is_not_old_and_one_that_ended_is()
    {
        HealthScore.Of(Well with { TokenRefreshedAt = Now.AddHours(-3), TokenExpiresAt = Now.AddHours(-1) }, Now).Score.ShouldBe(100);
        HealthScore.Of(Well with { TokenRefreshedAt = Now.AddDays(-61), TokenExpiresAt = Now.AddDays(-1) }, Now)
            .Parts[HealthScore.TokenAge].Score.ShouldBe(0);
    }

    [Theory]
    [InlineData(AccountStates.Suspended, 0, "poor")]
    [InlineData(AccountStates.NeedsAuthorization, 20, "poor")]
    [InlineData(AccountStates.Limited, 50, "fair")]
    [InlineData(AccountStates.Paused, 100, "good")]
    public void A_state_in_which_it_cannot_publish_is_a_ceiling(string state, int score, string band)
    {
        var health = HealthScore.Of(Well with { State = state }, Now);

        (health.Score, HealthBands.Of(health.Score)).ShouldBe((score, band));
        health.Parts.ContainsKey(HealthScore.Ceiling).ShouldBe(score < 100);
    }

    [Fact]
    public void Bands_have_each_score_once() =>
        Enumerable.Range(0, 101).ShouldAllBe(score => HealthBands.All.Count(band =>
            HealthBands.ScoresOf(band).Least <= score && score <= HealthBands.ScoresOf(band).Most) == 1);
}
