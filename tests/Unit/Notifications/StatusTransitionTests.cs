using Switchboard.Core.Notifications;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class StatusTransitionTests
{
    private static readonly DateTimeOffset Made = new(2026, 3, 2, 9, 0, 0, 500, TimeSpan.Zero);

    [Fact]
    public void However_statuses_are_ordered_and_cut_into_batches_the_notification_ends_read()
    {
        DeliveryStatusUpdate[] updates = [Update(DeliveryStatus.Sent, 1), Update(DeliveryStatus.Delivered, 2), Update(DeliveryStatus.Read, 3)];
        foreach (var order in Permutations(updates))
            for (var cut = 0; cut <= order.Length; cut++)
                After(DeliveryStatus.Sending, order[..cut], order[cut..]).ShouldBe(DeliveryStatus.Read);
    }

    [Fact]
    public void Statuses_of_one_batch_keep_their_times()
    {
        var step = Step(DeliveryStatus.Sending, Update(DeliveryStatus.Read, 3), Update(DeliveryStatus.Sent, 1), Update(DeliveryStatus.Delivered, 2))!;

        (step.Status, step.SentAt, step.DeliveredAt, step.ReadAt)
            .ShouldBe((DeliveryStatus.Read, Made.AddSeconds(1), Made.AddSeconds(2), Made.AddSeconds(3)));
        step.Error.ShouldBeNull();
    }

    [Fact]
    public void What_is_read_was_delivered_and_sent_though_nobody_said_so()
    {
        var step = Step(DeliveryStatus.Sending, Update(DeliveryStatus.Read, 3))!;

        (step.SentAt, step.DeliveredAt, step.ReadAt).ShouldBe((Made.AddSeconds(3), Made.AddSeconds(3), Made.AddSeconds(3)));
    }

    [Theory]
    [InlineData(DeliveryStatus.Delivered, DeliveryStatus.Sent)]
    [InlineData(DeliveryStatus.Delivered, DeliveryStatus.Delivered)]
    [InlineData(DeliveryStatus.Delivered, DeliveryStatus.Failed)]
    [InlineData(DeliveryStatus.Read, DeliveryStatus.Delivered)]
    [InlineData(DeliveryStatus.Failed, DeliveryStatus.Sent)]
    [InlineData(DeliveryStatus.Cancelled, DeliveryStatus.Read)]
    public void A_status_that_comes_late_changes_nothing(DeliveryStatus now, DeliveryStatus late) => Step(now, Update(late, 9)).ShouldBeNull();

    [Fact]
    public void A_failure_says_why_and_a_delivery_after_all_says_that_there_was_none()
    {
        var failed = Step(DeliveryStatus.Sent, Update(DeliveryStatus.Failed, 1) with { Error = "131026 Message undeliverable" })!;
        (failed.Status, failed.Error, failed.FailedAt).ShouldBe((DeliveryStatus.Failed, "131026 Message undeliverable", Made.AddSeconds(1)));

        Step(DeliveryStatus.Sent, Update(DeliveryStatus.Failed, 1))!.Error.ShouldNotBeNullOrEmpty();
        var delivered = Step(DeliveryStatus.Failed, Update(DeliveryStatus.Delivered, 2))!;
        (delivered.Error, delivered.FailedAt).ShouldBe((null, null));
    }

    [Fact]
    public void A_clock_that_counts_whole_seconds_delivers_nothing_before_it_was_made() =>
        Step(DeliveryStatus.Sending, Update(DeliveryStatus.Delivered, -0.5))!.DeliveredAt.ShouldBe(Made);

    private static StatusTransition? Step(DeliveryStatus now, params DeliveryStatusUpdate[] updates) =>
        StatusTransition.Of(new(Guid.CreateVersion7(), Guid.CreateVersion7(), "whatsapp", now, Made), updates);

    private static DeliveryStatus After(DeliveryStatus now, params DeliveryStatusUpdate[][] batches) =>
        batches.Where(batch => batch.Length > 0).Aggregate(now, (state, batch) => Step(state, batch)?.Status ?? state);

    private static DeliveryStatusUpdate Update(DeliveryStatus status, double second) => new("wamid.1", null, status, Made.AddSeconds(second));

    private static IEnumerable<DeliveryStatusUpdate[]> Permutations(DeliveryStatusUpdate[] items) =>
        items.Length == 0
            ? [[]]
            : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => (DeliveryStatusUpdate[])[first, .. rest]));
}
