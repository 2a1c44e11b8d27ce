using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Tests.Dispatch;

public sealed class DeliveryStatusTests(PostgresServer postgres) : DispatchTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Statuses_move_notifications_forward_by_our_id_or_the_providers_and_never_back()
    {
        var byOurs = await CreateAsync("sending");
        var byTheirs = await CreateAsync();
        await HandleAsync(byTheirs);

        var outcomes = await ApplyAsync(
            [Update($"wamid.{byOurs}", byOurs, DeliveryStatus.Read), Update($"wamid.{byOurs}", byOurs, DeliveryStatus.Sent)],
            [Update($"wamid.{byTheirs}", null, DeliveryStatus.Delivered)]);
        await ApplyAsync([Update($"wamid.{byTheirs}", null, DeliveryStatus.Sent)]);

        outcomes.ShouldAllBe(outcome => outcome == JobOutcome.Done);
        (await NotificationAsync(byOurs)).ShouldBe($"read 1 wamid.{byOurs}");
        (await NotificationAsync(byTheirs)).ShouldBe($"delivered 1 wamid.{byTheirs}");
        (await EventsAsync(byOurs)).ShouldBe("notification.delivered 1, notification.read 1, notification.sent 1");
        (await EventsAsync(byTheirs)).ShouldBe("notification.delivered 1, notification.sent 1");
    }

    [Fact]
    public async Task A_status_of_a_message_that_is_not_known_comes_again()
    {
        (await ApplyAsync([Update("wamid.unknown", null, DeliveryStatus.Sent)])).ShouldHaveSingleItem().ShouldBeOfType<JobOutcome.RetryOutcome>();
        (await ApplyAsync(isLast: true, [Update("wamid.unknown", null, DeliveryStatus.Sent)])).ShouldBe([JobOutcome.Done]);
    }

    private DeliveryStatusUpdate Update(string providersId, Guid? id, DeliveryStatus status) => new(providersId, id, status, Time.GetUtcNow());
}
