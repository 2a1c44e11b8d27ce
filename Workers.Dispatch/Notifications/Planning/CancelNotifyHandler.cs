using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>
/// Takes back what of a cancelled request was not sent, some recipients at a time. Since the request was marked before, nothing more is
/// planned or released of it: whoever does so at this moment holds a lock that is waited for here.
/// </summary>
internal sealed class CancelNotifyHandler(NpgsqlDataSource dataSource, NotificationStore notifications, JobOutbox outbox)
    : IJobHandler<CancelNotify>
{
    private const int ChunkSize = 250;

    private const string ChunkSql =
        """
        WITH chunk AS (
            SELECT DISTINCT recipient_key FROM notify_deliveries
            WHERE request_id = $1 AND user_id = $2 AND recipient_key > $3
            ORDER BY recipient_key
            LIMIT $4)
        SELECT d.id, d.recipient_key, d.state, d.digest_id
        FROM chunk JOIN notify_deliveries AS d ON d.request_id = $1 AND d.recipient_key = chunk.recipient_key
        ORDER BY d.recipient_key, d.id
        FOR NO KEY UPDATE OF d
        """;

    // an event of a digest that was told is not taken back
    private const string DigestsSql =
        "SELECT id FROM notify_digests WHERE id = ANY ($1) AND user_id = $2 AND released_at IS NULL ORDER BY id FOR UPDATE";

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<CancelNotify>> batch, CancellationToken cancellationToken)
    {
        foreach (var delivery in batch)
        {
            for (Guid? last = Guid.Empty; last is not null;)
                last = await CancelAsync(delivery.Job, last.Value, cancellationToken);
        }

        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    // returns the last recipient; null when there was none any more
    private async Task<Guid?> CancelAsync(CancelNotify job, Guid after, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var chunk = await transaction.Command(ChunkSql, job.RequestId, job.UserId, after, ChunkSize).ListAsync(
            row => (Id: row.GetGuid(0), Key: row.GetGuid(1), State: row.GetString(2), DigestId: row.Nullable<Guid>(3)), cancellationToken);
        Guid[] digests = [.. chunk.Where(one => one.State == DeliveryStore.Gathered).Select(one => one.DigestId).OfType<Guid>().Distinct()];
        var open = await transaction.Command(DigestsSql, digests, job.UserId).ListAsync(row => row.GetGuid(0), cancellationToken);
        var taken = await notifications.CancelAsync(
            transaction, job.UserId, [.. chunk.Where(one => one.State == DeliveryStore.Created).Select(one => one.Id)], cancellationToken);

        var isOpen = open.ToHashSet();
        await DeliveryStore.SettleAsync(
            transaction, job.UserId,
            [
                .. chunk.Where(one => one.State is DeliveryStore.Held or DeliveryStore.Waiting || (one.DigestId is { } digest && isOpen.Contains(digest)))
                    .Select(one => one.Id).Concat(taken.Ids)
                    .Select(id => new SettledDelivery(id, DeliveryStore.Cancelled, NotifyReasons.Cancelled)),
            ],
            cancellationToken);
        await outbox.CommitAsync(transaction, taken.Jobs, cancellationToken);
        return chunk.Count == 0 ? null : chunk[^1].Key;
    }
}
