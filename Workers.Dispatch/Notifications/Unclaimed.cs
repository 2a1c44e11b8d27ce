using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>What becomes of the job of a notification that was not to be sent now. A pure decision.</summary>
internal static class Unclaimed
{
    public static JobOutcome Outcome(ClaimedNotification notification, DateTimeOffset now, TimeSpan inDoubt) => notification.Status switch
    {
        DeliveryStatus.Pending => JobOutcome.Snooze((notification.SendAt ?? now) - now, "It is to be sent later."),
        DeliveryStatus.Sending => JobOutcome.Snooze(
            notification.InDoubtUntil - now ?? inDoubt, "It may have been sent; its status is waited for."),

        // again, for a consumer that died between the record of the failure and that of the dead job
        DeliveryStatus.Failed => JobOutcome.Dead(notification.Error ?? "It failed."),
        _ => JobOutcome.Done,
    };
}
