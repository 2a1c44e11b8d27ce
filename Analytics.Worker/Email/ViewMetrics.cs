using System.Diagnostics.Metrics;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>How long refreshes take, in the meter <c>Switchboard.Analytics</c>.</summary>
internal sealed class ViewMetrics(IMeterFactory meters)
{
    private readonly Histogram<double> _duration = meters.Create("Switchboard.Analytics").CreateHistogram<double>(
        "switchboard.tracking.view_refresh.duration", "s", "How long it took to make the views of tracked mail anew.");

    public void Refreshed(TimeSpan duration) => _duration.Record(duration.TotalSeconds);
}
