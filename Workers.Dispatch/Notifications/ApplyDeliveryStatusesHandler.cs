using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>
/// Moves notifications forward by what providers say of them, all statuses of a batch in two statements. A status of a message that
/// is not known comes again later: where a provider names only its own id, that may arrive before the answer that tells it to us.
/// After the last attempt it belongs to a message that is not ours, or not any more, and is dropped with a warning.
/// </summary>
internal sealed partial class ApplyDeliveryStatusesHandler(
    NpgsqlDataSource dataSource,
    ScheduledJobs scheduledJobs,
    DispatchMetrics metrics,
    TimeProvider timeProvider,
    ILogger<ApplyDeliveryStatusesHandler> logger)
    : IJobHandler<ApplyDeliveryStatuses>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ApplyDeliveryStatuses>> batch, CancellationToken cancellationToken)
    {
        var updates = batch.SelectMany(delivery => delivery.Job.Updates).ToArray();
        var found = updates.Length == 0
            ? new Dictionary<int, LockedNotification>()
            : await ApplyAsync(updates, cancellationToken);
        return Outcomes(batch, found);
    }

    private async Task<IReadOnlyDictionary<int, LockedNotification>> ApplyAsync(
        DeliveryStatusUpdate[] updates, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await DeliveryStatusStore.LockAsync(connection, transaction, updates, cancellationToken);
        var steps = Steps(updates, found);
        var moved = steps.Count == 0 ? [] : await DeliveryStatusStore.MoveAsync(connection, transaction, steps, cancellationToken);

        var made = steps.Where(step => moved.Contains(step.Notification.Id)).ToList();
        var signals = await FallbackSignals.OfAsync(
            transaction,
            [
                .. made.Where(step => step.Notification.Source == NotificationSource.NotifyKind && FallbackSignals.Tells(step.Status))
                    .Select(step => new MovedNotification(step.Notification.Id, step.Notification.UserId, null)),
            ],
            timeProvider, cancellationToken);
        // nobody waits for events: the scheduler publishes those of many commits together
        await scheduledJobs.InsertAsync(connection, transaction, [.. Events(made), .. signals], timeProvider.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        metrics.Statuses("applied", moved.Count);
        metrics.Statuses("stale", found.Count - moved.Count);
        return found;
    }

    private static IReadOnlyList<StatusTransition> Steps(
        DeliveryStatusUpdate[] updates, IReadOnlyDictionary<int, LockedNotification> found) =>
        [.. found.GroupBy(entry => entry.Value.Id, entry => entry)
            .Select(entries => StatusTransition.Of(entries.First().Value, [.. entries.Select(entry => updates[entry.Key])]))
            .OfType<StatusTransition>()];

    private OutgoingJob[] Events(IEnumerable<StatusTransition> steps) => RecordEvents.Of(
        [
            .. from step in steps
               let notification = step.Notification
               from moved in NotificationEvents.Moved(
                   notification.Status, step.Status,
                   new(notification.Id, notification.UserId, notification.Channel, notification.DueAt), step.At)
               select moved,
        ],
        timeProvider);

    private List<JobOutcome> Outcomes(
        IReadOnlyList<JobDelivery<ApplyDeliveryStatuses>> batch, IReadOnlyDictionary<int, LockedNotification> found)
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
        [LoggerMessage(Level = LogLevel.Warning, Message = "Statuses of {Count} messages that are not ours are dropped, the first is {ProviderMessageId}")]
        public static partial void Unknown(ILogger logger, int count, Redacted providerMessageId);
    }
}

/// <summary>What the statuses of a batch make of one notification. A pure decision.</summary>
/// <param name="Notification">The notification as it is.</param>
/// <param name="Status">Its state afterwards.</param>
/// <param name="At">When it reached that state.</param>
/// <param name="SentAt">When it was sent, if one of the statuses says or implies it.</param>
/// <param name="DeliveredAt">When it was delivered, likewise.</param>
/// <param name="ReadAt">When it was read.</param>
/// <param name="FailedAt">When it failed.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="ProviderMessageId">The provider's id of the message.</param>
internal sealed record StatusTransition(
    LockedNotification Notification,
    DeliveryStatus Status,
    DateTimeOffset At,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? ReadAt,
    DateTimeOffset? FailedAt,
    string? Error,
    string ProviderMessageId)
{
    /// <summary>
    /// The step forward that statuses, in whatever order they came, ask for; null when all of them are behind what the notification
    /// has reached. A provider's clock may count only seconds: no time is before the notification was made.
    /// </summary>
    public static StatusTransition? Of(LockedNotification notification, IReadOnlyCollection<DeliveryStatusUpdate> updates)
    {
        var last = updates.OrderByDescending(update => DeliveryStatuses.Rank(update.Status)).ThenBy(update => update.At).First();
        if (!DeliveryStatuses.CanMove(notification.Status, last.Status))
            return null;

        return new(
            notification,
            last.Status,
            NotBefore(last.At),
            First(DeliveryStatus.Sent) ?? (last.Status == DeliveryStatus.Failed ? null : NotBefore(last.At)),
            First(DeliveryStatus.Delivered) ?? (last.Status == DeliveryStatus.Read ? NotBefore(last.At) : null),
            First(DeliveryStatus.Read),
            last.Status == DeliveryStatus.Failed ? NotBefore(last.At) : null,
            last.Status == DeliveryStatus.Failed ? last.Error ?? "The provider did not say why." : null,
            last.ProviderMessageId);

        DateTimeOffset? First(DeliveryStatus status) =>
            updates.Where(update => update.Status == status).Select(update => (DateTimeOffset?)NotBefore(update.At)).Min();

        DateTimeOffset NotBefore(DateTimeOffset at) => at < notification.DueAt ? notification.DueAt : at;
    }
}
