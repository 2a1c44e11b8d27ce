using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Tests.Dispatch;

public sealed class FallbackNotifyTests(PostgresServer postgres) : NotifyTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task The_next_channel_goes_when_one_fails_for_good_and_a_late_delivery_stops_those_after_it()
    {
        await AddRecipientAsync("ann");
        var page = await AskAsync(To("ann") with { Channels = null, Fallback = new(["whatsapp", "sms", "email"], 5) });
        await RunAsync(page);
        (await DeliveriesAsync(page.RequestId)).ShouldBe("ann whatsapp created, ann sms waiting, ann email waiting");
        Channel.Answers(new ProviderFailure(FailureKind.Permanent, "No such number."));

        await HandleAsync(await NotificationAsync("whatsapp"));
        await LookAsync();

        (await DeliveriesAsync(page.RequestId)).ShouldBe("ann whatsapp created, ann sms created, ann email waiting");
        // the provider delivers after all; the second is not begun
        await StatusAsync(await NotificationAsync("whatsapp"), DeliveryStatus.Delivered);
        await LookAsync();
        Time.Advance(TimeSpan.FromMinutes(6));
        await LookAsync();

        (await DeliveriesAsync(page.RequestId))
            .ShouldBe("ann whatsapp created, ann sms skipped fallback-not-needed, ann email skipped fallback-not-needed");
        (await SentAsync()).Select(line => line.Split(' ')[0] + " " + line.Split(' ')[2]).ShouldBe(["whatsapp delivered", "sms cancelled"]);
    }

    [Theory]
    [InlineData("notify_deliveries")]
    [InlineData("notifications")]
    public async Task The_next_channel_goes_when_one_was_not_delivered_in_time_and_once_wherever_its_process_dies(string diesAt)
    {
        await AddRecipientAsync("ann");
        var page = await AskAsync(To("ann") with { Channels = null, Fallback = new(["whatsapp", "chat", "sms"], 5) });
        await RunAsync(page);
        await HandleAsync(await NotificationAsync("whatsapp"));
        await LookAsync();
        (await DeliveriesAsync(page.RequestId)).ShouldBe("ann whatsapp created, ann chat skipped no-address, ann sms waiting", "it is sent, and may arrive");
        Time.Advance(TimeSpan.FromMinutes(5));
        var look = (await WaitingAsync<ContinueFallback>()).ShouldHaveSingleItem();

        await DiesAtAsync(diesAt, () => RunAsync(look));
        await Task.WhenAll(RunAsync(look), RunAsync(look));

        (await DeliveriesAsync(page.RequestId)).ShouldBe("ann whatsapp created, ann chat skipped no-address, ann sms created");
        (await SentAsync()).Select(line => line.Split(' ')[0]).ShouldBe(["whatsapp", "sms"]);
    }

    [Fact]
    public async Task One_that_cannot_go_when_its_turn_comes_makes_way_for_the_next_at_once()
    {
        var ann = await AddRecipientAsync("ann");
        var page = await AskAsync(To("ann") with { Channels = null, Fallback = new(["whatsapp", "sms", "email"], 5) });
        await RunAsync(page);
        await HandleAsync(await NotificationAsync("whatsapp"));
        await ExecuteAsync("DELETE FROM recipient_addresses WHERE recipient_id = $1 AND channel = 'sms'", ann);
        Time.Advance(TimeSpan.FromMinutes(5));

        await LookAsync();
        await LookAsync();

        (await DeliveriesAsync(page.RequestId)).ShouldBe("ann whatsapp created, ann sms skipped no-address, ann email created");
    }

    [Theory]
    // the first is full from the third on, and so is the one that went in its place from the fifth on
    [InlineData("sms whatsapp email", false, "sms whatsapp email")]
    // and when the first has failed: each time it is the turn of the second
    [InlineData("whatsapp sms email", true, "sms email")]
    public async Task A_channel_that_takes_the_place_of_another_is_throttled_as_well(string order, bool firstFails, string expected)
    {
        const int Limit = 2;
        await AddRecipientAsync("ann");
        var throttle = new ThrottleSettings(Limit, 3_600);
        await SetCategoryAsync(CategorySettings.Default with
        {
            Throttle = firstFails
                ? new Dictionary<string, ThrottleSettings> { ["sms"] = throttle }
                : new Dictionary<string, ThrottleSettings> { ["sms"] = throttle, ["whatsapp"] = throttle },
        });
        Channel.Answers(new ProviderFailure(FailureKind.Permanent, "No such number."));
        for (var asked = 0; asked < 3 * Limit; asked++)
        {
            await RunAsync(await AskAsync(To("ann") with { Channels = null, Fallback = new([.. order.Split(' ')], 5) }));
            if (!firstFails)
                continue;
            foreach (var id in await ReadAsync("SELECT id::text FROM notifications WHERE user_id = $1 AND channel = 'whatsapp' AND delivery_status = 'pending'", User))
                await HandleAsync(Guid.Parse(id));
            await LookAsync();
            await LookAsync();
        }

        var counts = await ReadAsync(
            "SELECT channel || ' ' || count(*) FROM notifications WHERE user_id = $1 AND delivery_status <> 'failed' GROUP BY channel ORDER BY 1", User);
        var rest = 3 * Limit - Limit * (expected.Split(' ').Length - 1);
        counts.ShouldBe(expected.Split(' ').Select(channel => $"{channel} {(channel == "email" ? rest : Limit)}"), ignoreOrder: true);
    }

    // what the scheduler does with what is due
    private async Task LookAsync()
    {
        var due = await WaitingAsync<ContinueFallback>();
        await ExecuteAsync("DELETE FROM scheduled_jobs WHERE type = 'continue-fallback' AND due_at <= $1", Time.GetUtcNow());
        var left = (await WaitingAsync<ContinueFallback>()).Select(job => job.Id).ToHashSet();
        foreach (var job in due.Where(job => !left.Contains(job.Id)))
            await RunAsync(job);
    }
}
