using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Postgres;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>
/// Records what is known of a batch of sends, and the events with it, in one transaction. What a provider answered is known to
/// this process alone: while the database cannot be reached it is held here until it can be recorded, because a send that is not recorded
/// is in doubt and may be done again.
/// </summary>
internal sealed partial class SendRecorder(
    NpgsqlDataSource dataSource, ScheduledJobs scheduledJobs, TimeProvider timeProvider, ILogger<SendRecorder> logger)
{
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(250);

    /// <summary>Records decided sends.</summary>
    /// <param name="sends">At least one.</param>
    /// <param name="cancellationToken">Ends the waiting for a database that cannot be reached.</param>
    /// <returns>The state in which each notification was met.</returns>
    public async Task<IReadOnlyDictionary<Guid, MetNotification>> RecordAsync(
        IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await RecordOnceAsync(sends);
            }
            catch (NpgsqlException exception) when (DatabaseFailure.IsUnavailable(exception))
            {
                Log.Held(logger, sends.Count, exception);
                await Task.Delay(Hold, timeProvider, cancellationToken);
            }
        }
    }

    // Not cancelled half way: an answer that is known is recorded even by a process that ends.
    private async Task<Dictionary<Guid, MetNotification>> RecordOnceAsync(IReadOnlyList<Send> sends)
    {
        await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var met = await SendStore.RecordAsync(connection, transaction, sends, CancellationToken.None);
        var events = RecordEvents.Of([.. Events(sends, met)], timeProvider);
        var signals = await FallbackSignals.OfAsync(
            transaction,
            [
                .. sends.Where(send => send.Notification.Source == NotificationSource.NotifyKind && FallbackSignals.Tells(send.Decision!.Status))
                    .Select(send => new MovedNotification(send.Notification.Id, send.Notification.UserId, send.Delivery.Activity?.Context)),
            ],
            timeProvider, CancellationToken.None);
        // nobody waits for events: the scheduler publishes those of many commits together
        await scheduledJobs.InsertAsync(connection, transaction, [.. events, .. signals], timeProvider.GetUtcNow(), CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return met;
    }

    private static IEnumerable<EventRecord> Events(IReadOnlyList<Send> sends, Dictionary<Guid, MetNotification> met) =>
        from send in sends
        let notification = send.Notification
        where met.TryGetValue(notification.Id, out var row) && row.IsOurs
        from moved in NotificationEvents.Moved(
            met[notification.Id].Status, send.Decision!.Status,
            new(notification.Id, notification.UserId, notification.Channel, notification.DueAt), send.BegunAt + send.Took)
        select moved;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The answers to {Count} sends are held until the database is back: {Reason}")]
        public static partial void Held(ILogger logger, int count, Redacted reason);
    }
}
