using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Workers.Dispatch.Notifications;

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

    [Fact]
    public async Task A_status_is_found_by_index_in_a_table_that_has_grown_and_was_never_analyzed()
    {
        // whose user has the same id
        var known = await CreateAsync();
        await ExecuteAsync("ALTER TABLE notifications SET (autovacuum_enabled = false)");
        await ExecuteAsync(
            """
            INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, provider_message_id)
            SELECT gen_random_uuid(), $1, 'whatsapp', '+1', 'text', 1, 'sent', 'api', $2, 'wamid.' || n FROM generate_series(1, 20000) AS n
            """,
            known, Time.GetUtcNow());
        List<string> plans = [];
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database.ConnectionString)
        {
            Options = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c client_min_messages=log",
        }.ConnectionString);
        connection.Notice += (_, told) => plans.Add(told.Notice.MessageText);
        await connection.OpenAsync();

        // the sixth time and later the plan may be one for any values
        for (var time = 0; time < 8; time++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var updates = Enumerable.Range(1, 40).Select(n => Update($"wamid.{n}", n % 2 == 0 ? known : null, DeliveryStatus.Delivered));
            (await DeliveryStatusStore.LockAsync(connection, transaction, [.. updates], default)).Count.ShouldBe(40);
        }

        var reads = plans.Where(plan => plan.Contains("FOR NO KEY UPDATE", StringComparison.Ordinal)).ToList();
        reads.Count.ShouldBe(8);
        reads.ShouldAllBe(plan => plan.Contains("idx_notifications_provider_message") && !plan.Contains("Seq Scan on notifications"));
    }

    private DeliveryStatusUpdate Update(string providersId, Guid? id, DeliveryStatus status) => new(providersId, id, status, Time.GetUtcNow());
}
