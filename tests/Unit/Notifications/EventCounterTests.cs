using Switchboard.Core.Notifications;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class EventCounterTests
{
    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Guid Bob = Guid.CreateVersion7();
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly EventCounter _counter = new();

    [Fact]
    public void Events_are_added_up_by_kind_user_channel_and_minute()
    {
        _counter.Created(Ann, "whatsapp", Noon);
        _counter.Created(Ann, "whatsapp", Noon.AddSeconds(59));
        _counter.Created(Ann, "whatsapp", Noon.AddSeconds(60));
        _counter.Created(Ann, "sms", Noon);
        _counter.Created(Bob, "whatsapp", Noon.ToOffset(TimeSpan.FromHours(5.5)));

        _counter.Events.ShouldBe(
            [
                new(EventKinds.Created, Ann, "whatsapp", Noon, 2),
                new(EventKinds.Created, Ann, "whatsapp", Noon.AddMinutes(1), 1),
                new(EventKinds.Created, Ann, "sms", Noon, 1),
                new(EventKinds.Created, Bob, "whatsapp", Noon, 1),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void A_delivery_carries_the_time_from_creation_which_a_clock_that_is_behind_does_not_make_negative()
    {
        _counter.Moved(DeliveryStatus.Sent, DeliveryStatus.Delivered, Ann, "whatsapp", Noon.AddMilliseconds(750), Noon);
        _counter.Moved(DeliveryStatus.Sent, DeliveryStatus.Delivered, Ann, "whatsapp", Noon.AddSeconds(1), Noon);
        _counter.Moved(DeliveryStatus.Sent, DeliveryStatus.Delivered, Ann, "whatsapp", Noon, Noon.AddSeconds(1));

        _counter.Events.ShouldBe([new(EventKinds.Delivered, Ann, "whatsapp", Noon, 3, 1750)]);
    }

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
    public void A_move_counts_the_states_that_it_passed(DeliveryStatus from, DeliveryStatus to, string counted)
    {
        _counter.Moved(from, to, Ann, "whatsapp", Noon, Noon);

        string.Join(' ', _counter.Events.Select(fact => fact.Kind.Replace("notification.", "", StringComparison.Ordinal))).ShouldBe(counted);
    }

    [Fact]
    public void However_callbacks_are_ordered_each_state_counts_once()
    {
        DeliveryStatus[][] orders =
        [
            [DeliveryStatus.Sent, DeliveryStatus.Delivered, DeliveryStatus.Read],
            [DeliveryStatus.Read, DeliveryStatus.Delivered, DeliveryStatus.Sent],
            [DeliveryStatus.Delivered, DeliveryStatus.Sent, DeliveryStatus.Delivered, DeliveryStatus.Read],
        ];
        foreach (var order in orders)
        {
            var counter = new EventCounter();
            var state = DeliveryStatus.Sending;
            foreach (var next in order.Where(next => DeliveryStatuses.CanMove(state, next)))
            {
                counter.Moved(state, next, Ann, "whatsapp", Noon, Noon);
                state = next;
            }

            counter.Events.Select(fact => (fact.Kind, fact.Count))
                .ShouldBe([(EventKinds.Sent, 1), (EventKinds.Delivered, 1), (EventKinds.Read, 1)], ignoreOrder: true);
        }
    }

    [Fact]
    public void Nothing_that_happened_is_no_job()
    {
        _counter.ToJob(TimeProvider.System).ShouldBeNull();
        _counter.Created(Ann, "whatsapp", Noon);
        _counter.ToJob(TimeProvider.System)!.Facts.ShouldHaveSingleItem();
    }
}
