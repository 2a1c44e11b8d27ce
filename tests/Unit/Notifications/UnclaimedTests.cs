using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class UnclaimedTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan InDoubt = TimeSpan.FromSeconds(10);

    [Fact]
    public void Before_its_time_it_waits_for_it() =>
        Outcome(Claimed(DeliveryStatus.Pending) with { SendAt = Now.AddMinutes(5) })
            .ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBe(TimeSpan.FromMinutes(5));

    [Fact]
    public void In_doubt_its_status_is_waited_for_and_for_the_rest_of_the_time_when_found_again()
    {
        Outcome(Claimed(DeliveryStatus.Sending)).ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBe(InDoubt);
        Outcome(Claimed(DeliveryStatus.Sending) with { InDoubtUntil = Now.AddSeconds(3) })
            .ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData(DeliveryStatus.Sent)]
    [InlineData(DeliveryStatus.Delivered)]
    [InlineData(DeliveryStatus.Read)]
    [InlineData(DeliveryStatus.Cancelled)]
    public void What_is_sent_or_cancelled_leaves_nothing_to_do(DeliveryStatus status) => Outcome(Claimed(status)).ShouldBe(JobOutcome.Done);

    [Fact]
    public void A_failure_whose_dead_job_may_not_be_written_yet_is_told_again() =>
        Outcome(Claimed(DeliveryStatus.Failed) with { Error = "no" }).ShouldBe(JobOutcome.Dead("no"));

    private static JobOutcome Outcome(ClaimedNotification notification) => SendNotificationHandler.UnclaimedOutcome(notification, Now, InDoubt);

    private static ClaimedNotification Claimed(DeliveryStatus status) =>
        new(Guid.CreateVersion7(), Guid.CreateVersion7(), "whatsapp", "+1", "text", Now, status, null, null, null, null, "api");
}
