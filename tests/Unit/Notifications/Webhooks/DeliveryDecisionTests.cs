using Switchboard.Workers.Dispatch.Channels.Webhook;

namespace Switchboard.Tests.Unit.Notifications.Webhooks;

public sealed class DeliveryDecisionTests
{
    private static readonly TimeSpan After = TimeSpan.FromMinutes(7);

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    [InlineData(299)]
    public void Any_2xx_and_nothing_else_is_a_success(int status) => Decide(status).ShouldBe(new DeliveryDecision(DeliveryOutcome.Delivered));

    [Theory]
    [InlineData(100)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(null)]
    public void Everything_else_is_tried_again_and_holds_nobody(int? status)
    {
        var decision = Decide(status);

        (decision.Outcome, decision.Hold, decision.IsGone).ShouldBe((DeliveryOutcome.Retry, null, false));
        decision.Error.ShouldNotBeNullOrEmpty();
    }

    // the waits of the standard, after the first attempt at once
    [Fact]
    public void It_is_tried_at_the_times_of_the_standard_and_then_given_up()
    {
        double[] seconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

        for (var tries = 1; tries <= seconds.Length; tries++)
        {
            Decide(500, tries, 0.5).RetryAfter!.Value.TotalSeconds.ShouldBe(seconds[tries - 1], 0.001);
            Decide(500, tries, 0).RetryAfter!.Value.TotalSeconds.ShouldBe(seconds[tries - 1] * 0.9, 0.001);
            Decide(500, tries, 1).RetryAfter!.Value.TotalSeconds.ShouldBe(seconds[tries - 1] * 1.1, 0.001);
        }

        DeliveryDecision.Attempts.ShouldBe(10);
        Decide(500, 10).Outcome.ShouldBe(DeliveryOutcome.Failed);
        Decide(200, 10).Outcome.ShouldBe(DeliveryOutcome.Delivered);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(504)]
    public void Who_is_overloaded_is_left_alone_for_as_long_as_they_say(int status)
    {
        (Decide(status, after: After).Hold, Decide(status, after: After).RetryAfter).ShouldBe((After, After));
        Decide(status).Hold.ShouldBe(TimeSpan.FromSeconds(30));
        // never sooner than its turn
        Decide(status, 4, 0.5, TimeSpan.FromSeconds(3)).RetryAfter.ShouldBe(TimeSpan.FromHours(2));
        Decide(503, after: After).Hold.ShouldBe(After);
    }

    [Fact]
    public void Who_says_gone_is_asked_no_more() =>
        (Decide(410).Outcome, Decide(410).IsGone).ShouldBe((DeliveryOutcome.Failed, true));

    [Fact]
    public void Where_webhooks_may_not_go_they_are_not_tried_again() =>
        DeliveryDecision.For(new(default, default, new Dictionary<string, string>(), null, "no", IsRefused: true), 1, 0.5)
            .ShouldBe(new DeliveryDecision(DeliveryOutcome.Failed, Error: "no"));

    private static DeliveryDecision Decide(int? status, int tries = 1, double random = 0.5, TimeSpan? after = null) =>
        DeliveryDecision.For(new(default, default, new Dictionary<string, string>(), status, RetryAfter: after), tries, random);
}
