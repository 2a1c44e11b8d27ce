using Switchboard.Analytics.Worker.Events;
using Switchboard.Core.Notifications;

namespace Switchboard.Tests.Unit.Analytics;

public sealed class RollupTests
{
    private static readonly Guid Ann = Guid.CreateVersion7();
    private static readonly Guid Bob = Guid.CreateVersion7();
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_event_is_added_to_its_minute_and_to_its_hour()
    {
        var rows = Rollup.Of(
        [
            new(EventKinds.Created, Ann, "whatsapp", Noon.AddMinutes(1), 3),
            new(EventKinds.Created, Ann, "whatsapp", Noon.AddMinutes(59), 4),
            new(EventKinds.Delivered, Ann, "whatsapp", Noon.AddMinutes(1), 2, 900),
        ]);

        rows.Select(row => (row.Granularity, row.Bucket, row.Created, row.Delivered, row.DeliveryMs)).ShouldBe(
        [
            ("hour", Noon, 7, 2, 900),
            ("minute", Noon.AddMinutes(1), 3, 2, 900),
            ("minute", Noon.AddMinutes(59), 4, 0, 0),
        ]);
    }

    [Fact]
    public void Every_kind_has_its_column()
    {
        var row = Rollup.Of(
        [
            new(EventKinds.Created, Ann, "whatsapp", Noon, 1), new(EventKinds.Sent, Ann, "whatsapp", Noon, 2),
            new(EventKinds.Delivered, Ann, "whatsapp", Noon, 3, 30), new(EventKinds.Read, Ann, "whatsapp", Noon, 4),
            new(EventKinds.Failed, Ann, "whatsapp", Noon, 5), new(EventKinds.Cancelled, Ann, "whatsapp", Noon, 6),
        ])[0];

        (row.Created, row.Sent, row.Delivered, row.Read, row.Failed, row.Cancelled, row.DeliveryMs).ShouldBe((1, 2, 3, 4, 5, 6, 30));
    }

    [Fact]
    public void Rows_come_in_the_order_of_the_key_whatever_the_order_of_the_events()
    {
        NotificationEvent[] events =
        [
            new(EventKinds.Sent, Bob, "whatsapp", Noon, 1), new(EventKinds.Sent, Ann, "whatsapp", Noon.AddHours(1), 1),
            new(EventKinds.Sent, Ann, "sms", Noon, 1), new(EventKinds.Sent, Ann, "whatsapp", Noon, 1),
        ];

        var rows = Rollup.Of(events).Select(row => (row.UserId, row.Granularity, row.Bucket, row.Channel)).ToArray();

        rows.ShouldBe(rows.OrderBy(row => row));
        Rollup.Of(events.Reverse()).Select(row => (row.UserId, row.Granularity, row.Bucket, row.Channel)).ShouldBe(rows);
    }

    [Fact]
    public void An_event_of_an_unknown_kind_is_refused_not_dropped() =>
        Should.Throw<ArgumentException>(() => Rollup.Of([new("notification.lost", Ann, "whatsapp", Noon, 1)]));
}
