using Dapper;
using Npgsql;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Operations;

/// <summary>
/// Over a realistic volume no hot query reads a whole table. Not the text of the queries is checked but what Postgres did
/// when the product ran them: its own count of sequential scans.
/// </summary>
public sealed class HotQueryTests(ApplicationFixture app) : IAsyncDisposable
{
    private static readonly string[] LargeTables =
    [
        "notifications", "notification_attempts", "emails", "rules", "scheduled_jobs", "dead_jobs",
        "user_phone_numbers", "sms_messages", "enrichment_items",
    ];

    [Fact]
    public async Task No_hot_path_reads_a_whole_table()
    {
        await using var database = await app.OpenDatabaseAsync();
        await FillAsync(database);
        await VacuumAsync(database);
        var me = await app.Edge.NewUserAsync();
        await me.CreateRuleAsync("hot.test", "+15550116001");
        var phone = await Phone.VerifiedAsync(app, me);
        await StatisticsAreFlushedAsync(database);
        var before = await SequentialScansAsync(database);

        for (var number = 0; number < 20; number++)
            await me.MailAsync($"hot-{number}", "a@hot.test", $"Hot {number}");
        await me.NotificationAsync("Hot 19", "delivered");
        for (var number = 0; number < 5; number++)
            await phone.TextAsync($"Hot {number}", new { contentType = "audio/wav", sizeBytes = 16_044, seconds = 1, says = "hot" });
        var item = (await phone.SettledAsync((string)(await phone.TextAsync("Hot"))["messageSid"]!, 1))[0];
        await Eventually.SeesAsync(() => phone.ItemsAsync(), all => all.Count == 11 && all.All(Phone.IsSettled), "eleven settled items");
        var first = (await me.NotificationsAsync())[0];
        foreach (var path in new[]
                 {
                     $"/api/notifications/{first["id"]}",
                     "/api/notifications?status=delivered", "/api/notifications?status=failed", "/api/notifications?status=pending",
                     "/api/notifications?channel=whatsapp",
                     "/api/notifications/summary",
                     $"/api/enrichments/{item["id"]}", "/api/enrichments", "/api/enrichments?status=completed", "/api/enrichments?source=mms",
                     "/api/enrichments?source=mms&status=completed", $"/api/enrichments?since={TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1):O}",
                     "/api/phone-numbers", "/api/sms/messages", "/api/sms/messages?outcome=refused",
                     "/api/rules", "/api/rules?sender=hot.test", "/api/rules?keyword=invoice",
                 })
            await me.GetAsync(path);
        await app.Edge.GetAsync("/api/jobs/scheduled");
        await app.Edge.GetAsync("/api/jobs/dead");
        await app.Edge.GetAsync("/api/jobs/dead?type=send-notification");
        await RetentionRunsAsync(database);

        await StatisticsAreFlushedAsync(database);
        var after = await SequentialScansAsync(database);
        after.Where(now => now.Value > before[now.Key]).Select(now => now.Key).ShouldBeEmpty("these tables were read as a whole");

        // counts all jobs there are, but of SMS only those of the last hour
        await app.Edge.GetAsync("/api/sms/performance/stats");
        await StatisticsAreFlushedAsync(database);
        (await SequentialScansAsync(database)).Where(now => now.Value > after[now.Key]).Select(now => now.Key)
            .ShouldBeSubsetOf(["scheduled_jobs", "dead_jobs"]);
    }

    /// <summary>The rows of its own users stay, but jobs belong to nobody: operators would see them in the lists of every other test.</summary>
    public async ValueTask DisposeAsync()
    {
        await using var database = await app.OpenDatabaseAsync();
        await database.ExecuteAsync(
            "DELETE FROM scheduled_jobs WHERE idempotency_key = 'filler'; DELETE FROM dead_jobs WHERE idempotency_key = 'filler'");
    }

    private static Task<int> FillAsync(NpgsqlConnection database) => database.ExecuteAsync(
        """
        INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, email_id, rule_id,
                                   attempts, provider_message_id, created_at, sent_at, failed_at)
        SELECT gen_random_uuid(), owner.id, 'whatsapp', '+15550000000', 'filler', 2,
               CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'delivered' END, 'email', gen_random_uuid(), gen_random_uuid(),
               1, 'filler-' || n, now() - n * interval '1 second', now(), CASE WHEN n % 50 = 0 THEN now() END
        FROM generate_series(1, 200000) AS n
        CROSS JOIN LATERAL (SELECT md5((n % 500)::text)::uuid AS id) AS owner;

        INSERT INTO notification_attempts (notification_id, number, at, outcome, provider_status, duration_ms)
        SELECT id, 1, created_at, 'sent', 200, 5 FROM notifications WHERE body = 'filler';

        INSERT INTO emails (id, user_id, source, message_id, sender, subject, received_at, accepted_at, processed_at, matched)
        SELECT gen_random_uuid(), md5((n % 500)::text)::uuid, 'user:' || (n % 500), 'filler-' || n, 'a@b.test', 'filler', at, at, at, 1
        FROM generate_series(1, 200000) AS n CROSS JOIN LATERAL (SELECT now() - (200000 - n) * interval '1 second' AS at) AS came;

        INSERT INTO users (id, email, name, created_at)
        SELECT md5(n::text)::uuid, 'filler-' || n || '@example.com', 'filler', now() FROM generate_series(0, 499) AS n;

        INSERT INTO user_phone_numbers (id, user_id, phone_number, verified_at, created_at)
        SELECT gen_random_uuid(), md5((n % 500)::text)::uuid, '+1556' || lpad(n::text, 7, '0'), now(), now() FROM generate_series(1, 20000) AS n;

        WITH texts AS (
            INSERT INTO sms_messages (id, message_sid, user_id, sender, recipient, body, media_count, outcome, received_at, processed_at, matched)
            SELECT gen_random_uuid(), 'filler-' || n, md5((n % 500)::text)::uuid, '+15560000001', '+15550009999', 'filler', 0, 'accepted',
                   at, at, 0
            FROM generate_series(1, 200000) AS n
            CROSS JOIN LATERAL (SELECT now() - interval '2 days' - (200000 - n) * interval '1 second' AS at) AS came
            RETURNING id, user_id)
        INSERT INTO enrichment_items (id, user_id, message_id, part, source, kind, status, text, created_at, completed_at)
        SELECT gen_random_uuid(), user_id, id, 0, 'sms', 'text', 'completed', 'filler', now() - interval '2 days', now() - interval '2 days' FROM texts;

        INSERT INTO rules (id, user_id, name, type, sender_rules, content_rules, priority, active, continue, template, channel, recipient,
                           created_at, updated_at)
        SELECT gen_random_uuid(), md5((n % 500)::text)::uuid, 'filler', 'sender',
               jsonb_build_object('addresses', jsonb_build_array('a' || n || '@b.test'), 'domains', '[]'::jsonb),
               '{"anyOf": []}', 0, n % 2 = 0, false, 'x', 'whatsapp', '+15550000000', now(), now()
        FROM generate_series(1, 20000) AS n;

        INSERT INTO scheduled_jobs (id, type, version, worker, priority, payload, idempotency_key, state, due_at, enqueued_at, created_at)
        SELECT gen_random_uuid(), 'send-notification', 1, 'dispatch', 1, '{}', 'filler', 'delayed', now() + interval '10 days', now(), now()
        FROM generate_series(1, 20000);

        INSERT INTO dead_jobs (id, type, version, worker, priority, payload, idempotency_key, attempts, errors, error, created_at, died_at)
        SELECT gen_random_uuid(), 'filler', 1, 'dispatch', 1, ''::bytea, 'filler', 1, '[]', 'filler', now() - interval '10 days',
               now() - interval '10 days'
        FROM generate_series(1, 20000);
        """,
        commandTimeout: 120);

    // as autovacuum does where rows come over time: without it an index of ranges (BRIN) knows nothing of them
    private static Task<int> VacuumAsync(NpgsqlConnection database) => database.ExecuteAsync("VACUUM (ANALYZE)", commandTimeout: 120);

    /// <summary>Retention runs once an hour: now it does, and has done all its steps when this row is gone.</summary>
    private static async Task RetentionRunsAsync(NpgsqlConnection database)
    {
        var id = Guid.CreateVersion7();
        await database.ExecuteAsync(
            """
            INSERT INTO deletions (id, requested_at, completed_at) VALUES (@id, now() - interval '10 years', now() - interval '10 years');
            UPDATE scheduled_jobs SET due_at = now() WHERE name = 'prune-data';
            """,
            new { id });
        await Eventually.SeesAsync(
            () => database.ExecuteScalarAsync<long>("SELECT count(*) FROM deletions WHERE id = @id", new { id }),
            left => left == 0, "what is older than anything is kept deleted");
    }

    private static async Task<Dictionary<string, long>> SequentialScansAsync(NpgsqlConnection database) =>
        (await database.QueryAsync<(string Table, long Scans)>(
            "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = ANY(@LargeTables)", new { LargeTables }))
        .ToDictionary(row => row.Table, row => row.Scans);

    /// <summary>
    /// A busy backend reports its counts once a second, one that became idle ten seconds later at the latest (PGSTAT_IDLE_INTERVAL):
    /// what each of them has done until now is counted when it has begun something since, or has been idle for that long. Else scans from
    /// before, when the tables were small and reading them as a whole was right, would be reported amid the test.
    /// </summary>
    private static async Task StatisticsAreFlushedAsync(NpgsqlConnection database)
    {
        var since = await database.ExecuteScalarAsync<DateTime>("SELECT clock_timestamp()");
        await Eventually.SeesAsync(
            () => database.ExecuteScalarAsync<long>(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
                  AND CASE WHEN state = 'idle' THEN clock_timestamp() - state_change < interval '11 seconds' AND state_change < @since + interval '1 second'
                      ELSE xact_start < @since END
                """,
                new { since }),
            unreported => unreported == 0,
            "no connection that may have something to report");
    }
}
