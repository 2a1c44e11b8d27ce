using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>One claimed notification on its way.</summary>
internal sealed class Send(int index, JobDelivery<SendNotification> delivery, ClaimedNotification notification)
{
    /// <summary>Its place in the batch.</summary>
    public int Index => index;

    public JobDelivery<SendNotification> Delivery => delivery;

    public ClaimedNotification Notification => notification;

    public DateTimeOffset BegunAt { get; set; }

    public TimeSpan Took { get; set; }

    /// <summary>Null until it is decided; for ever, if the process was told to end before an answer came.</summary>
    public SendDecision? Decision { get; set; }
}
