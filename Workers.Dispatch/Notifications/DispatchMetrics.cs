using System.Diagnostics.Metrics;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>The meter <c>Switchboard.Dispatch</c>: <c>switchboard.dispatch.send.duration</c>, in seconds, of each send, with its
/// <c>channel</c> and <c>outcome</c> (that of the attempt; <c>not-tried</c> without one).</summary>
internal sealed class DispatchMetrics(IMeterFactory meters)
{
    private readonly Histogram<double> _duration = meters.Create("Switchboard.Dispatch").CreateHistogram<double>(
        "switchboard.dispatch.send.duration", "s", "How long sends took, by channel and outcome");

    public void Sent(Send send) => _duration.Record(
        send.Took.TotalSeconds,
        new("channel", send.Notification.Channel),
        new("outcome", send.Decision!.Attempt ?? "not-tried"));
}
