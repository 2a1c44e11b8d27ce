using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Notifications;

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
            object?[] values = [userId, status, null, null, null, null, null, PageSize, null];
            var states = await _dataSource.Command(ListNotifications.Sql, values).ListAsync(row => row.GetString(4), default);
            states.Count.ShouldBe(PageSize);
            states.ShouldAllBe(state => status == null || state == status);

            var plan = await _dataSource.Command($"EXPLAIN {ListNotifications.Sql}", values).ListAsync(row => row.GetString(0), default);
            string.Join('\n', plan).ShouldContain($" {index} ");
        }
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
