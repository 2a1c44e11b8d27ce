using Switchboard.Analytics.Worker.Events;
using Switchboard.Core.Email;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Postgres;

namespace Switchboard.Tests.Queries;

/// <summary>What becomes of the events that other processes record, and of what was counted before there was a row for each type.</summary>
public sealed class EventTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly Guid _userId = Guid.CreateVersion7();
    private readonly Npgsql.NpgsqlDataSource _dataSource = Npgsql.NpgsqlDataSource.Create(server.ConnectionString);

    public async ValueTask InitializeAsync() =>
        await _dataSource.Command("INSERT INTO users (id, email, name, created_at) VALUES ($1, $1::text, 'a', now())", _userId).RunAsync(default);

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    [Fact]
    public async Task Events_of_a_job_are_counted_once_and_those_of_a_type_that_nobody_here_knows_as_any_other()
    {
        var job = new RecordEvents(
            Guid.CreateVersion7(),
            [
                EventRecord.Of(NotificationEvents.Sent, _userId, Guid.CreateVersion7(), "whatsapp", Noon.AddSeconds(1)),
                EventRecord.Of(NotificationEvents.Sent, _userId, Guid.CreateVersion7(), "whatsapp", Noon.AddSeconds(70)),
                EventRecord.Of(NotificationEvents.Delivered, _userId, Guid.CreateVersion7(), "whatsapp", Noon, 250),
                EventRecord.Of("post.published", _userId, Guid.CreateVersion7(), "bluesky", Noon, 7),
            ]);
        var handler = new RecordEventsHandler(_dataSource, new ScheduledJobs(_dataSource, TimeProvider.System), TimeProvider.System);

        (await handler.HandleAsync([Delivery(job), Delivery(job)], default)).ShouldBe([JobOutcome.Done, JobOutcome.Done]);
        (await handler.HandleAsync([Delivery(job)], default)).ShouldBe([JobOutcome.Done]);

        (await HoursAsync()).ShouldBe(
            ["notification.delivered whatsapp 1 250", "notification.sent whatsapp 2 0", "post.published bluesky 1 7"]);
        (await ReadAsync("SELECT concat_ws(' ', sent, delivered, delivery_ms, channel) FROM notification_rollups WHERE user_id = $1 AND granularity = 'hour'"))
            .ShouldBe(["2 1 250 whatsapp"], "the API reads them as before");
    }

    [Fact]
    public async Task What_a_webhook_endpoint_takes_is_passed_on_once_and_nobody_elses()
    {
        await _dataSource.Command(
            """
            INSERT INTO webhook_endpoints (id, user_id, url, events, created_at, updated_at, disabled_at, disabled_reason) VALUES
                (gen_random_uuid(), $1, 'https://x.test/', '{email.*}', now(), now(), NULL, NULL),
                (gen_random_uuid(), $1, 'https://x.test/', '{*}', now(), now(), now(), 'off')
            """,
            _userId).RunAsync(default);
        var (taken, now) = (EventRecord.Of(EmailEvents.Replied, _userId, Guid.CreateVersion7(), "email", Noon), TimeProvider.System);
        var job = new RecordEvents(
            Guid.CreateVersion7(),
            [
                taken, taken with { UserId = Guid.CreateVersion7() }, taken with { Id = null },
                EventRecord.Of(NotificationEvents.Sent, _userId, Guid.CreateVersion7(), "sms", Noon),
            ]);
        var handler = new RecordEventsHandler(_dataSource, new ScheduledJobs(_dataSource, now), now);

        await handler.HandleAsync([Delivery(job), Delivery(job)], default);
        await handler.HandleAsync([Delivery(job)], default);

        (await ReadAsync(
            """
            SELECT concat_ws(' ', state, event ->> 'kind', event ->> 'id')
            FROM scheduled_jobs, json_array_elements(payload -> 'events') AS event
            WHERE type = 'fan-out-events' AND event ->> 'userId' = $1::text
            """)).ShouldBe([$"delayed email.replied {taken.Id}"]);
    }

    [Fact]
    public async Task What_was_counted_with_a_column_for_each_kind_is_carried_over()
    {
        // as it was before
        var columns = await ReadAsync(
            """
            SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position)
            FROM information_schema.columns WHERE table_name = 'notification_rollups' AND $1::uuid IS NOT NULL
            """);
        await _dataSource.Command("DROP VIEW notification_rollups").RunAsync(default);
        await _dataSource.Command("DROP TABLE event_rollups").RunAsync(default);
        await _dataSource.Command(
            $"""
            CREATE TABLE notification_rollups ({columns.ShouldHaveSingleItem()}, PRIMARY KEY (user_id, granularity, bucket, channel))
            """).RunAsync(default);
        await _dataSource.Command(
            """
            INSERT INTO notification_rollups
            VALUES ($1, 'hour', $2, 'sms', 6, 5, 4, 3, 2, 1, 900), ($1, 'minute', $2, 'sms', 6, 0, 0, 0, 0, 0, 0)
            """,
            _userId, Noon).RunAsync(default);

        using (var script = new StreamReader(typeof(EventTests).Assembly.GetManifestResourceStream("0017_event_rollups.sql")!))
            await _dataSource.Command(await script.ReadToEndAsync()).RunAsync(default);

        (await ReadAsync(
            "SELECT concat_ws(' ', granularity, channel, created, sent, delivered, read, failed, cancelled, delivery_ms) FROM notification_rollups WHERE user_id = $1 ORDER BY 1"))
            .ShouldBe(["hour sms 6 5 4 3 2 1 900", "minute sms 6 0 0 0 0 0 0"]);
        (await HoursAsync()).Count.ShouldBe(6, "nothing is written of what did not happen");
    }

    private static JobDelivery<RecordEvents> Delivery(RecordEvents job) =>
        new(job, 1, DateTimeOffset.UnixEpoch, IsLastAttempt: false, IsReplay: false, Activity: null);

    private Task<List<string>> HoursAsync() => ReadAsync(
        "SELECT concat_ws(' ', type, dimension, count, sum) FROM event_rollups WHERE user_id = $1 AND granularity = 'hour' ORDER BY type");

    private Task<List<string>> ReadAsync(string sql) => _dataSource.Command(sql, _userId).ListAsync(row => row.GetString(0), default);
}
