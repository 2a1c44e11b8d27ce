using Switchboard.Core.Events;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.Notifications.Webhooks;

/// <summary>Make deliveries of events to the endpoints of their users that take them.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Events">The events, inline: who counts them is their only source. Each has an id.</param>
public sealed record FanOutEvents(Guid Id, IReadOnlyList<EventRecord> Events) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("fan-out-events", 1, JobWorker.Dispatch, JobPriority.Low);

    /// <summary>Only for the log: a message has the id of its event, and there is one delivery of it to an endpoint.</summary>
    public string IdempotencyKey => $"fan-out:{Id}";
}

/// <summary>Post a message to an endpoint. It waits between its attempts, as often as the delivery has any left.</summary>
/// <param name="Id">The job's id: that of the delivery.</param>
/// <param name="EndpointId">The endpoint: known without a look-up to be busy or not.</param>
public sealed record DeliverWebhook(Guid Id, Guid EndpointId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("deliver-webhook", 1, JobWorker.Dispatch, JobPriority.Low);

    /// <summary>Stops a delivery from being under way twice: its row in <c>webhook_deliveries</c> is claimed before each attempt.</summary>
    public string IdempotencyKey => $"webhook-delivery:{Id}";
}
