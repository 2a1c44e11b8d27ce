using System.Text;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class NotificationEventsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly NotificationIdentity Note = new(Guid.CreateVersion7(), Guid.CreateVersion7(), "whatsapp", Noon);

    [Fact]
    public void An_event_says_what_happened_to_what_of_whose_and_when()
    {
        var one = NotificationEvents.Moved(DeliveryStatus.Sending, DeliveryStatus.Sent, Note, Noon.AddSeconds(3).ToOffset(TimeSpan.FromHours(5.5)))
            .ShouldHaveSingleItem();

        one.ShouldBe(new(NotificationEvents.Sent, Note.UserId, "whatsapp", Noon.AddSeconds(3), 1, 0, one.Id, Note.Id));
        one.Id.ShouldNotBeNull();
        one.OccurredAt.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(750, 750)]
    [InlineData(-1_000, 0)]
    public void A_delivery_carries_the_time_from_creation_which_a_clock_that_is_behind_does_not_make_negative(int after, long took) =>
        NotificationEvents.Moved(DeliveryStatus.Sent, DeliveryStatus.Delivered, Note, Noon.AddMilliseconds(after))
            .ShouldHaveSingleItem().Value.ShouldBe(took);

    [Theory]
    [InlineData(DeliveryStatus.Sending, DeliveryStatus.Sent, "sent")]
    [InlineData(DeliveryStatus.Sending, DeliveryStatus.Delivered, "sent delivered")]
    [InlineData(DeliveryStatus.Sending, DeliveryStatus.Read, "sent delivered read")]
    [InlineData(DeliveryStatus.Sent, DeliveryStatus.Read, "delivered read")]
    [InlineData(DeliveryStatus.Delivered, DeliveryStatus.Read, "read")]
    [InlineData(DeliveryStatus.Sent, DeliveryStatus.Failed, "failed")]
    [InlineData(DeliveryStatus.Sending, DeliveryStatus.Failed, "failed")]
    [InlineData(DeliveryStatus.Failed, DeliveryStatus.Delivered, "delivered")]
    [InlineData(DeliveryStatus.Pending, DeliveryStatus.Cancelled, "cancelled")]
    [InlineData(DeliveryStatus.Pending, DeliveryStatus.Sending, "")]
    [InlineData(DeliveryStatus.Sending, DeliveryStatus.Pending, "")]
    public void A_move_is_an_event_for_each_state_that_it_passed(DeliveryStatus from, DeliveryStatus to, string passed) =>
        string.Join(' ', NotificationEvents.Moved(from, to, Note, Noon).Select(one => one.Type["notification.".Length..])).ShouldBe(passed);

    [Fact]
    public void However_callbacks_are_ordered_each_state_is_one_event()
    {
        DeliveryStatus[][] orders =
        [
            [DeliveryStatus.Sent, DeliveryStatus.Delivered, DeliveryStatus.Read],
            [DeliveryStatus.Read, DeliveryStatus.Delivered, DeliveryStatus.Sent],
            [DeliveryStatus.Delivered, DeliveryStatus.Sent, DeliveryStatus.Delivered, DeliveryStatus.Read],
        ];
        foreach (var order in orders)
        {
            var events = new List<EventRecord>();
            var state = DeliveryStatus.Sending;
            foreach (var next in order.Where(next => DeliveryStatuses.CanMove(state, next)))
            {
                events.AddRange(NotificationEvents.Moved(state, next, Note, Noon));
                state = next;
            }

            events.Select(one => one.Type)
                .ShouldBe([NotificationEvents.Sent, NotificationEvents.Delivered, NotificationEvents.Read], ignoreOrder: true);
        }
    }

    [Fact]
    public void Nothing_that_happened_is_no_job()
    {
        RecordEvents.Of([], TimeProvider.System).ShouldBeEmpty();
        RecordEvents.Of([.. NotificationEvents.Moved(DeliveryStatus.Sending, DeliveryStatus.Sent, Note, Noon)], TimeProvider.System)
            .ShouldHaveSingleItem();
    }

    [Fact]
    public void A_message_of_the_version_before_is_read_and_it_reads_those_of_this_one()
    {
        var codec = JobCodec.Of(typeof(RecordEvents));
        var id = Guid.CreateVersion7();
        var former = $$"""
            {"id":"{{id}}","facts":[{"kind":"notification.delivered","userId":"{{Note.UserId}}","channel":"sms",
            "minute":"2026-03-02T12:00:00+00:00","count":3,"deliveryMs":1750}]}
            """;

        ((RecordEvents)codec.Decode(Encoding.UTF8.GetBytes(former))).Facts
            .ShouldBe([new(NotificationEvents.Delivered, Note.UserId, "sms", Noon, 3, 1750)]);

        var written = Encoding.UTF8.GetString(codec.Encode(new RecordEvents(id, [new("post.published", Note.UserId, "bluesky", Noon)])));
        foreach (var field in new[] { "kind", "userId", "channel", "minute", "count", "deliveryMs" })
            written.ShouldContain($"\"{field}\":");
    }
}
