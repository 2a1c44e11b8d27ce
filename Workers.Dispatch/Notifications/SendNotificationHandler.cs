using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>
/// Sends notifications: claims a batch, sends it, records the answers. Two round trips to the database, whatever the
/// batch holds (and one for the facts). A crash in between leaves a notification sending; see <see cref="ClaimNotifications"/>.
/// </summary>
internal sealed partial class SendNotificationHandler(
    ClaimNotifications claims,
    ChannelSender sender,
    SendRecorder recorder,
    IOptions<DispatchOptions> options,
    TimeProvider time,
    ILogger<SendNotificationHandler> logger) : IJobHandler<SendNotification>
{
    private readonly TimeSpan _inDoubt = TimeSpan.FromSeconds(options.Value.InDoubtSeconds);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<SendNotification>> batch, CancellationToken cancellation)
    {
        var outcomes = new JobOutcome[batch.Count];
        var now = time.GetUtcNow();
        var sends = Plan(batch, await claims.ExecuteAsync(batch, now, _inDoubt, cancellation), now, outcomes);
        if (sends.Count == 0)
            return outcomes;

        await sender.SendAsync(sends, cancellation);
        var decided = sends.FindAll(send => send.Decision is not null);
        if (decided.Count > 0)
            await RecordAsync(decided, outcomes, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return outcomes;
    }

    // A notification twice in a batch is sent for the first; the second has nothing to do.
    private List<Send> Plan(
        IReadOnlyList<JobDelivery<SendNotification>> batch,
        IReadOnlyDictionary<Guid, ClaimedNotification> seen,
        DateTimeOffset now,
        JobOutcome[] outcomes)
    {
        var sends = new List<Send>(batch.Count);
        var begun = new HashSet<Guid>(batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            var id = batch[i].Job.NotificationId;
            if (!seen.TryGetValue(id, out var notification))
                outcomes[i] = JobOutcome.Dead($"There is no notification {id}.");
            else if (notification.Number is null)
                outcomes[i] = Unclaimed.Outcome(notification, now, _inDoubt);
            else if (begun.Add(id))
                sends.Add(new Send(i, batch[i], notification));
            else
                outcomes[i] = JobOutcome.Done;
        }

        return sends;
    }

    private async Task RecordAsync(List<Send> sends, JobOutcome[] outcomes, CancellationToken cancellation)
    {
        var met = await recorder.RecordAsync(sends, cancellation);
        foreach (var send in sends)
        {
            outcomes[send.Index] = met.TryGetValue(send.Notification.Id, out var row)
                ? send.Decision!.OutcomeAfter(row.Status)
                : JobOutcome.Done; // deleted meanwhile
        }

        var failed = sends.FindAll(send => send.Decision!.Error is not null);
        if (failed.Count > 0)
            Log.NotSent(logger, failed.Count, sends.Count, failed[0].Decision!.Error!);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Failed} of {Count} notifications were not sent; the first: {Error}")]
        public static partial void NotSent(ILogger logger, int failed, int count, string error);
    }
}
