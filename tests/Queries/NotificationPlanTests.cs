using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Notifications;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Queries;

/// <summary>
/// What the indexes of <c>notifications</c> are for, and what they are not to hold: most updates of a row must leave all of them alone.
/// </summary>
public sealed class NotificationPlanTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    private const int PageSize = 51;

    private readonly NpgsqlDataSource _dataSource = NpgsqlDataSource.Create(server.ConnectionString);

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    [Fact]
    public async Task A_list_of_notifications_is_read_over_the_index_of_its_state()
    {
        var userId = await FillAsync();

        await ShouldReadAsync(null, "idx_user_notifications");
        await ShouldReadAsync("delivered", "idx_user_notifications");
        await ShouldReadAsync("pending", "idx_active_notifications");
        await ShouldReadAsync("sending", "idx_active_notifications");
        await ShouldReadAsync("cancelled", "idx_notifications_user_status_sent");
        await ShouldReadAsync("failed", "idx_notifications_failed");

        async Task ShouldReadAsync(string? status, string index)
        {
            object?[] values = [userId, status, null, null, null, null, null, PageSize, null, null];
            var states = await _dataSource.Command(ListNotifications.Sql, values).ListAsync(row => row.GetString(4), default);
            states.Count.ShouldBe(PageSize);
            states.ShouldAllBe(state => status == null || state == status);

            var plan = await _dataSource.Command($"EXPLAIN {ListNotifications.Sql}", values).ListAsync(row => row.GetString(0), default);
            string.Join('\n', plan).ShouldContain($" {index} ");
        }
    }

    [Fact]
    public async Task Of_a_day_long_ago_nothing_later_is_read()
    {
        var (userId, now) = (await NewUserAsync(), TimeProvider.System.GetUtcNow());
        await _dataSource.Command(
            """
            INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, sent_at)
            SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
                   $1, 'whatsapp', '+1', 'text', 1, 'sent', 'api', at, at
            FROM (SELECT n, $2::timestamptz - n * interval '3 minutes' AS at FROM generate_series(1, 10000) AS n) AS made
            """,
            userId, now).RunAsync(default);
        await _dataSource.Command("ANALYZE notifications").RunAsync(default);
        var (since, until) = (now.AddDays(-18), now.AddDays(-17));
        object?[] values =
            [userId, null, null, since, TimeOrderedId.Before(since), until, null, 1_000, null, TimeOrderedId.After(until)];

        (await _dataSource.Command(ListNotifications.Sql, values).ListAsync(row => row.GetGuid(0), default)).Count.ShouldBe(480);
        var plan = string.Join('\n', await _dataSource.Command($"EXPLAIN (ANALYZE, TIMING OFF) {ListNotifications.Sql}", values)
            .ListAsync(row => row.GetString(0), default));
        Regex.Matches(plan, @"Rows Removed by Filter: (\d+)").Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))
            .ShouldBeLessThan(50, plan);
    }

    [Fact]
    public async Task The_planner_knows_how_few_wait()
    {
        var userId = await NewUserAsync();
        // of a twentieth each a send failed or was taken back; none waits
        await _dataSource.Command(
            """
            INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, sent_at, failed_at, cancelled_at)
            SELECT gen_random_uuid(), $1, 'whatsapp', '+1', 'text', 1, CASE n % 20 WHEN 0 THEN 'failed' WHEN 1 THEN 'cancelled' ELSE 'sent' END, 'api', now(),
                   CASE WHEN n % 20 > 1 THEN now() END, CASE WHEN n % 20 = 0 THEN now() END, CASE WHEN n % 20 = 1 THEN now() END
            FROM generate_series(1, 100000) AS n
            """,
            userId).RunAsync(default);
        await _dataSource.Command("DELETE FROM notifications WHERE user_id <> $1", userId).RunAsync(default);
        await _dataSource.Command("ANALYZE notifications").RunAsync(default);

        var plan = await _dataSource.Command(
            $"EXPLAIN {ListNotifications.Sql}", userId, "pending", null, null, null, null, null, PageSize, null, null)
            .ListAsync(row => row.GetString(0), default);

        // without the statistics of what is null it would be 500, and thousands by one column each
        var cost = double.Parse(Regex.Match(plan[0], @"\.\.(\d+\.\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
        cost.ShouldBeLessThan(50, string.Join('\n', plan));
    }

    [Fact]
    public async Task What_changes_with_each_step_of_a_send_is_in_no_index()
    {
        (await _dataSource.Command(
            """
            SELECT indexdef FROM pg_indexes
            WHERE tablename = 'notifications' AND indexdef ~ '\m(delivery_status|attempts|sending_at|delivered_at|read_at|error)\M'
            """).ListAsync(row => row.GetString(0), default)).ShouldBeEmpty("each of these would take an entry for every update of a row");
    }

    private async Task<Guid> NewUserAsync()
    {
        var id = Guid.CreateVersion7();
        await _dataSource.Command("INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, 'a', now())", id, $"{id}").RunAsync(default);
        return id;
    }

    // a tenth of all is the user's; of each state that is rare there is a page and little more
    private async Task<Guid> FillAsync()
    {
        var (userId, otherId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _dataSource.Command(
            "INSERT INTO users (id, email, name, created_at) SELECT id, id::text, 'a', now() FROM unnest($1::uuid[]) AS one (id)",
            (object)new[] { userId, otherId }).RunAsync(default);
        await _dataSource.Command(
            """
            INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, sent_at, failed_at, cancelled_at)
            SELECT gen_random_uuid(), CASE WHEN n % 10 = 0 THEN $1 ELSE $2 END, 'whatsapp', '+1', 'text', 1, status, 'api', now(),
                   CASE WHEN status = 'delivered' THEN now() END, CASE WHEN status = 'failed' THEN now() END,
                   CASE WHEN status = 'cancelled' THEN now() END
            FROM generate_series(1, 50000) AS n
            CROSS JOIN LATERAL (
                SELECT coalesce((ARRAY['pending', 'sending', 'cancelled', 'failed'])[n / 10 % 80 + 1], 'delivered') AS status) AS state
            """,
            userId, otherId).RunAsync(default);
        await _dataSource.Command("ANALYZE notifications").RunAsync(default);
        return userId;
    }
}
