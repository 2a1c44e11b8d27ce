using Switchboard.Analytics.Worker.Events;
using Switchboard.Core.Events;

namespace Switchboard.Tests.Unit.Events;

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
            new("notification.delivered", Ann, "whatsapp", Noon.AddSeconds(65), Value: 400),
            new("notification.delivered", Ann, "whatsapp", Noon.AddSeconds(119), Value: 500),
            // added up by a former version
            new("notification.delivered", Ann, "whatsapp", Noon.AddMinutes(59), Count: 4, Value: 100),
        ]);

        rows.Select(row => (row.Key.Granularity, row.Key.Bucket, row.Count, row.Sum)).ShouldBe(
        [
            ("hour", Noon, 6, 1_000),
            ("minute", Noon.AddMinutes(1), 2, 900),
            ("minute", Noon.AddMinutes(59), 4, 100),
        ]);
    }

    [Fact]
    public void Users_types_and_dimensions_are_added_up_apart()
    {
        EventRecord[] events =
        [
            new("email.replied", Ann, "contoso.test", Noon), new("email.replied", Ann, "fabrikam.test", Noon),
            new("email.replied", Bob, "contoso.test", Noon), new("email.bounced", Ann, "contoso.test", Noon),
        ];

        Rollup.Of(events).Count(row => row.Key.Granularity == "hour" && row.Count == 1).ShouldBe(4);
    }

    [Fact]
    public void Rows_come_in_the_order_of_the_key_whatever_the_order_of_the_events()
    {
        EventRecord[] events =
        [
            new("notification.sent", Bob, "whatsapp", Noon), new("notification.sent", Ann, "whatsapp", Noon.AddHours(1)),
            new("notification.sent", Ann, "sms", Noon), new("notification.read", Ann, "whatsapp", Noon),
        ];

        var rows = Rollup.Of(events).Select(Order).ToArray();

        rows.ShouldBe(rows.OrderBy(row => row));
        Rollup.Of(events.Reverse()).Select(Order).ShouldBe(rows);

        static (Guid, string, string, DateTimeOffset, string) Order(RollupRow row) =>
            (row.Key.UserId, row.Key.Granularity, row.Key.Type, row.Key.Bucket, row.Key.Dimension);
    }
}
