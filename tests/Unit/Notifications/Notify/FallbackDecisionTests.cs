using Switchboard.Core.Notifications;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Tests.Unit.Notifications.Notify;

/// <summary>An order of channels as it stands, written channel=state, and what is to be done: the next (+), not needed (-), taken back (!).</summary>
public sealed class FallbackDecisionTests
{
    [Theory]
    // as long as the first is on its way, nothing
    [InlineData("whatsapp=pending sms=waiting", null, "")]
    [InlineData("whatsapp=sending sms=waiting", null, "")]
    [InlineData("whatsapp=sent sms=waiting", null, "")]
    [InlineData("whatsapp=held sms=waiting", 0, "")]
    // it failed for good
    [InlineData("whatsapp=failed sms=waiting email=waiting", null, "+sms")]
    [InlineData("whatsapp=failed sms=failed email=waiting", null, "+email")]
    [InlineData("whatsapp=failed sms=failed", null, "")]
    // what has no address or is not wanted is passed over
    [InlineData("whatsapp=failed sms=skipped email=waiting", null, "+email")]
    [InlineData("whatsapp=skipped sms=waiting", null, "+sms")]
    // its time is over; what was not begun is taken back
    [InlineData("whatsapp=sent sms=waiting", 0, "+sms")]
    [InlineData("whatsapp=pending sms=waiting", 0, "+sms !whatsapp")]
    [InlineData("whatsapp=sending sms=waiting", 0, "+sms")]
    // the time of one that went long ago
    [InlineData("whatsapp=failed sms=sent email=waiting", 0, "")]
    [InlineData("whatsapp=sent sms=sent email=waiting", 1, "+email")]
    // and the one that was to take its place could not go
    [InlineData("whatsapp=sent sms=skipped email=waiting", 1, "+email")]
    [InlineData("whatsapp=sent sms=skipped email=waiting", null, "")]
    // it arrived
    [InlineData("whatsapp=delivered sms=waiting email=waiting", null, "-sms -email")]
    [InlineData("whatsapp=delivered sms=waiting", 0, "-sms")]
    [InlineData("whatsapp=read sms=waiting", null, "-sms")]
    // late: the second went, the third does not, and what was not begun is taken back
    [InlineData("whatsapp=delivered sms=sent email=waiting", null, "-email")]
    [InlineData("whatsapp=delivered sms=pending email=waiting", null, "-email !sms")]
    [InlineData("whatsapp=delivered sms=delivered", null, "")]
    // a mail tells of no delivery: taken is as good as delivered, until it comes back
    [InlineData("email=sent sms=waiting", null, "-sms")]
    [InlineData("email=failed sms=not-needed", null, "+sms")]
    // its user took it back
    [InlineData("whatsapp=cancelled sms=waiting", 0, "")]
    public void What_is_to_be_done(string chain, int? timedOut, string expected)
    {
        StoredDelivery[] deliveries = [.. chain.Split(' ').Select((one, step) => Delivery(one.Split('=')[0], one.Split('=')[1], (short)step))];

        var decision = FallbackDecision.Of(deliveries, (short?)timedOut);

        string.Join(' ', decision.Next.Select(one => $"+{one.Plan.Channel}")
            .Concat(decision.NotNeeded.Select(one => $"-{one.Plan.Channel}"))
            .Concat(decision.TakeBack.Select(one => $"!{one.Plan.Channel}"))).ShouldBe(expected);
    }

    [Fact]
    public void Several_devices_are_one_step_of_which_one_is_enough()
    {
        StoredDelivery[] failedOnOne = [Delivery("push", "failed", 0), Delivery("push", "pending", 0), Delivery("sms", "waiting", 1)];
        FallbackDecision.Of(failedOnOne, null).ShouldBe(FallbackDecision.Nothing);

        StoredDelivery[] sentToOne = [Delivery("push", "failed", 0), Delivery("push", "sent", 0), Delivery("sms", "waiting", 1)];
        FallbackDecision.Of(sentToOne, null).NotNeeded.ShouldHaveSingleItem().Plan.Channel.ShouldBe("sms");

        StoredDelivery[] failedOnBoth = [Delivery("push", "failed", 0), Delivery("push", "failed", 0), Delivery("sms", "waiting", 1)];
        FallbackDecision.Of(failedOnBoth, null).Next.ShouldHaveSingleItem().Plan.Channel.ShouldBe("sms");
    }

    private static StoredDelivery Delivery(string channel, string state, short step)
    {
        var status = DeliveryStatuses.TryParse(state, out var known) ? known : (DeliveryStatus?)null;
        var reason = state == "not-needed" ? "fallback-not-needed" : null;
        return new(
            Guid.CreateVersion7(), Guid.Empty, "ann", Guid.Empty, new(channel, channel, PlannedAction.Wait, reason, Step: step),
            status is not null ? "created" : state == "not-needed" ? "skipped" : state, status);
    }
}
