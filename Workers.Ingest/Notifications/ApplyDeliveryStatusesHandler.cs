using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Notifications;

/// <summary>
/// Moves notifications forward by what providers say of them, all statuses of a batch in two statements. A status of a message that
/// is not known comes again later: where a provider names only its own id, that may arrive before the answer that tells it to us.
/// After the last attempt it belongs to a message that is not ours, or not any more, and is let go with a warning.
/// </summary>
internal sealed partial class ApplyDeliveryStatusesHandler(
    NpgsqlDataSource dataSource, JobOutbox outbox, IngestMetrics metrics, ILogger<ApplyDeliveryStatusesHandler> logger)
    : IJobHandler<ApplyDeliveryStatuses>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ApplyDeliveryStatuses>> batch, CancellationToken cancellation)
    {
        var updates = batch.SelectMany(delivery => delivery.Job.Updates).ToArray();
        var found = updates.Length == 0
            ? new Dictionary<int, TrackedNotification>()
            : await ApplyAsync(updates, cancellation);
        return Outcomes(batch, found);
    }

    private async Task<IReadOnlyDictionary<int, TrackedNotification>> ApplyAsync(
        DeliveryStatusUpdate[] updates, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var found = await LockNotifications.ExecuteAsync(connection, transaction, updates, cancellation);
        var steps = Steps(updates, found);
        var moved = steps.Count == 0 ? [] : await MoveNotifications.ExecuteAsync(connection, transaction, steps, cancellation);

        var facts = Facts(steps.Where(step => moved.Contains(step.Notification.Id)));
        await outbox.StageAsync(connection, transaction, facts, cancellation);
        await transaction.CommitAsync(cancellation);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();
        metrics.Statuses("applied", moved.Count);
        metrics.Statuses("stale", found.Count - moved.Count);

        await outbox.FlushAsync(facts, cancellation);
        return found;
    }

    private static IReadOnlyList<StatusTransition> Steps(
        DeliveryStatusUpdate[] updates, IReadOnlyDictionary<int, TrackedNotification> found) =>
        [.. found.GroupBy(entry => entry.Value.Id, entry => entry)
            .Select(entries => StatusTransition.Of(entries.First().Value, [.. entries.Select(entry => updates[entry.Key])]))
            .OfType<StatusTransition>()];

    private static OutgoingJob[] Facts(IEnumerable<StatusTransition> steps)
    {
        var facts = new EventCounter();
        foreach (var step in steps)
        {
            var notification = step.Notification;
            facts.Moved(notification.Status, step.Status, notification.UserId, notification.Channel, step.At, notification.CreatedAt);
        }

        return facts.ToJob(TimeProvider.System) is { } job ? [new OutgoingJob(job)] : [];
    }

    private List<JobOutcome> Outcomes(
        IReadOnlyList<JobDelivery<ApplyDeliveryStatuses>> batch, IReadOnlyDictionary<int, TrackedNotification> found)
    {
        var outcomes = new List<JobOutcome>(batch.Count);
        var position = 0;
        foreach (var delivery in batch)
        {
            var unknown = new List<string>();
            foreach (var update in delivery.Job.Updates)
                if (!found.ContainsKey(position++))
                    unknown.Add(update.ProviderMessageId);
            outcomes.Add(Outcome(delivery, unknown));
        }

        return outcomes;
    }

    private JobOutcome Outcome(JobDelivery<ApplyDeliveryStatuses> delivery, List<string> unknown)
    {
        if (unknown.Count == 0)
            return JobOutcome.Done;
        if (!delivery.IsLastAttempt)
            return JobOutcome.Retry($"{unknown.Count} messages are not known yet, the first is {unknown[0]}.");
        metrics.Statuses("unknown", unknown.Count);
        Log.Unknown(logger, unknown.Count, unknown[0]);
        return JobOutcome.Done;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Statuses of {Count} messages that are not ours are let go, the first is {ProviderMessageId}")]
        public static partial void Unknown(ILogger logger, int count, string providerMessageId);
    }
}
