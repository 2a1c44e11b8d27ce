using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>
/// Sends notifications: claims a batch, sends it, records the results. Two round trips to the database, whatever the
/// batch holds (and one for the events). A crash in between leaves a notification sending; see <see cref="SendStore.ClaimAsync"/>.
/// </summary>
internal sealed partial class SendNotificationHandler(
    SendStore store,
    ChannelSender sender,
    SendRecorder recorder,
    IOptions<DispatchOptions> options,
    TimeProvider timeProvider,
    ILogger<SendNotificationHandler> logger) : IJobHandler<SendNotification>
{
    private readonly TimeSpan _inDoubt = TimeSpan.FromSeconds(options.Value.InDoubtSeconds);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<SendNotification>> batch, CancellationToken cancellationToken)
    {
        var outcomes = new JobOutcome[batch.Count];
        var now = timeProvider.GetUtcNow();
        var sends = Plan(batch, await store.ClaimAsync(batch, now, _inDoubt, cancellationToken), now, outcomes);
        if (sends.Count == 0)
            return outcomes;

        await sender.SendAsync(sends, cancellationToken);
        var decided = sends.FindAll(send => send.Decision is not null);
        if (decided.Count > 0)
            await RecordAsync(decided, outcomes, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return outcomes;
    }

    // A notification twice in a batch is sent for the first; the second has nothing to do.
    private List<Send> Plan(
        IReadOnlyList<JobDelivery<SendNotification>> batch,
        IReadOnlyDictionary<Guid, ClaimedNotification> found,
        DateTimeOffset now,
        JobOutcome[] outcomes)
    {
        var sends = new List<Send>(batch.Count);
        var begun = new HashSet<Guid>(batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            var id = batch[i].Job.NotificationId;
            if (!found.TryGetValue(id, out var notification))
                outcomes[i] = JobOutcome.Dead($"There is no notification {id}.");
            else if (notification.Number is null)
                outcomes[i] = UnclaimedOutcome(notification, now, _inDoubt);
            else if (begun.Add(id))
                sends.Add(new Send(i, batch[i], notification));
            else
                outcomes[i] = JobOutcome.Done;
        }

        return sends;
    }

    /// <summary>What becomes of the job of a notification that was not to be sent now. A pure decision.</summary>
    internal static JobOutcome UnclaimedOutcome(
        ClaimedNotification notification, DateTimeOffset now, TimeSpan inDoubt) => notification.Status switch
        {
            DeliveryStatus.Pending => JobOutcome.Snooze((notification.SendAt ?? now) - now, "It is to be sent later."),
            DeliveryStatus.Sending => JobOutcome.Snooze(
                notification.InDoubtUntil - now ?? inDoubt, "It may have been sent; its status is waited for."),

            DeliveryStatus.Failed when NotifyReasons.OfUnsent.Contains(notification.Error) => JobOutcome.Done,
            // again, for a consumer that died between the record of the failure and that of the dead job
            DeliveryStatus.Failed => JobOutcome.Dead(notification.Error ?? "It failed."),
            _ => JobOutcome.Done,
        };

    private async Task RecordAsync(List<Send> sends, JobOutcome[] outcomes, CancellationToken cancellationToken)
    {
        var met = await recorder.RecordAsync(sends, cancellationToken);
        foreach (var send in sends)
        {
            outcomes[send.Index] = met.TryGetValue(send.Notification.Id, out var row)
                ? send.Decision!.OutcomeAfter(row.Status)
                : JobOutcome.Done; // deleted meanwhile
        }

        var failed = sends.FindAll(send => send.Decision!.Error is not null);
        if (failed.Count > 0)
            Log.NotSent(logger, failed.Count, sends.Count, failed[0].Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Failed} of {Count} notifications were not sent; the first: {Reason}")]
        public static partial void NotSent(ILogger logger, int failed, int count, Redacted reason);
    }
}
