using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Notifications.Inbox;

namespace Switchboard.Tests.Queries;

/// <summary>What the indexes of <c>inbox_items</c> are for, and what is in none of them.</summary>
public sealed class InboxPlanTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource = NpgsqlDataSource.Create(server.ConnectionString);

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    [Fact]
    public async Task An_inbox_among_many_is_read_over_its_index()
    {
        var owner = await FillAsync();
        var now = TimeProvider.System.GetUtcNow();

        await ShouldReadAsync(InboxStore.AllSql, "idx_inbox_items_recipient", owner.UserId, owner.RecipientId, null, false, now, 51);
        await ShouldReadAsync(InboxStore.UnreadSql, "idx_inbox_items_unread", owner.UserId, owner.RecipientId, null, false, now, 51);
        await ShouldReadAsync(InboxStore.CountSql, "idx_inbox_items_unread", owner.UserId, owner.RecipientId, now, 1_000);
        await ShouldReadAsync(InboxStore.ArrivedSql, "idx_inbox_items_recipient", owner.UserId, owner.RecipientId, 49_000L, 201);

        async Task ShouldReadAsync(string sql, string index, params object?[] values)
        {
            var plan = string.Join('\n', await _dataSource.Command($"EXPLAIN {sql}", values).ListAsync(row => row.GetString(0), default));
            plan.ShouldContain($" {index} ");
            plan.ShouldNotContain("Seq Scan");
        }
    }

    [Fact]
    public async Task What_a_recipient_does_to_an_item_is_in_no_index_but_that_it_is_read() =>
        (await _dataSource.Command(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'inbox_items' AND indexdef ~ '(seen_at|read_at|archived_at|snoozed_until)'")
            .ListAsync(row => row.GetString(0), default)).ShouldBe(["idx_inbox_items_unread"]);

    // of 50,000 items 500 are the recipient's, and 50 of these unread
    private async Task<InboxOwner> FillAsync()
    {
        var owner = new InboxOwner(Guid.CreateVersion7(), Guid.CreateVersion7(), DateTimeOffset.MaxValue);
        await _dataSource.Command("INSERT INTO users (id, email, name, created_at) VALUES ($1, $1::text, 'a', now())", owner.UserId).RunAsync(default);
        await _dataSource.Command(
            """
            WITH made AS (
                INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at)
                SELECT gen_random_uuid(), $1, 'inbox', 'x', 'text', 1, 'delivered', 'api', now() FROM generate_series(1, 50000)
                RETURNING id
            )
            INSERT INTO inbox_items (notification_id, user_id, recipient_id, stored_at, read_at)
            SELECT id, $1, CASE WHEN n % 100 = 0 THEN $2 ELSE gen_random_uuid() END, now(), CASE WHEN n % 1000 <> 0 THEN now() END
            FROM (SELECT id, row_number() OVER () AS n FROM made) AS numbered
            """,
            owner.UserId, owner.RecipientId).RunAsync(default);
        await _dataSource.Command("ANALYZE notifications").RunAsync(default);
        await _dataSource.Command("ANALYZE inbox_items").RunAsync(default);
        return owner;
    }
}
