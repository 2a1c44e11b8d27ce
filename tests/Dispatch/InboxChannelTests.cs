using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Inbox;

namespace Switchboard.Tests.Dispatch;

public sealed class InboxChannelTests(PostgresServer postgres) : DispatchTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task An_item_is_stored_once_and_delivered_with_that()
    {
        var id = await CreateAsync();
        await AddRecipientAsync(id);
        Channel.Answer = InboxChannel().SendAsync;

        await HandleAsync(id);

        (await NotificationAsync(id)).ShouldBe($"delivered 1 {id}");
        (await EventsAsync(id)).ShouldBe("notification.delivered 1, notification.sent 1");
        (await ReadAsync("SELECT (sent_at IS NOT NULL AND delivered_at IS NOT NULL)::text FROM notifications WHERE id = $1", id)).ShouldBe(["true"]);
        (await InboxChannel().SendAsync(Message(id), default)).ShouldBeOfType<SendResult.Accepted>();
        (await ReadAsync("SELECT notification_id::text FROM inbox_items WHERE recipient_id = $1", id)).ShouldBe([$"{id}"]);
    }

    [Fact]
    public async Task A_recipient_who_is_gone_or_anothers_gets_none()
    {
        var (id, other) = (await CreateAsync(), await CreateAsync());
        await AddRecipientAsync(other);

        foreach (var recipient in new[] { Guid.CreateVersion7(), other })
            (await InboxChannel().SendAsync(Message(id) with { Recipient = $"{recipient}" }, default))
                .ShouldBeOfType<SendResult.Failed>().Failure.Kind.ShouldBe(FailureKind.Permanent);
        (await ReadAsync("SELECT notification_id::text FROM inbox_items WHERE user_id = $1 OR recipient_id = $1", id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_one_recipient_positions_are_in_the_order_of_the_commits()
    {
        var user = await CreateAsync();
        await AddRecipientAsync(user);
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // who has not committed yet holds up those after it, so that no reader passes over it
        await using (var hold = new NpgsqlCommand($"SELECT {AdvisoryLocks.OfInbox} FROM (SELECT $1::uuid AS id) AS one", connection, transaction))
        {
            hold.Parameters.Add(new() { Value = user });
            await hold.ExecuteNonQueryAsync();
        }

        var sending = InboxChannel().SendAsync(Message(user), default);
        await Should.ThrowAsync<TimeoutException>(sending.WaitAsync(TimeSpan.FromMilliseconds(300)));
        await transaction.RollbackAsync();

        (await sending).ShouldBeOfType<SendResult.Accepted>().IsDelivered.ShouldBeTrue();
    }

    private InboxChannel InboxChannel() => new(
        Database,
        new RedisConnection(
            () => throw new InvalidOperationException("Redis is away."), Options.Create(new RedisOptions()), Time,
            NullLogger<RedisConnection>.Instance),
        Time);

    private ChannelMessage Message(Guid id) => new(id, id, $"{id}", "text", Time.GetUtcNow());

    // the test's user, notification and recipient have one id
    private Task AddRecipientAsync(Guid id) => ExecuteAsync(
        "WITH changed AS (UPDATE notifications SET recipient = $1::text WHERE id = $1) "
        + "INSERT INTO recipients (id, user_id, external_id, created_at, updated_at) VALUES ($1, $1, 'ann', now(), now())",
        id);
}
