using System.Diagnostics;
using OpenTelemetry;

namespace Switchboard.ServiceDefaults.Tracing;

/// <summary>
/// Takes requests for health and metrics out of the traces. At their start, so that what they call (the query of a check) is not
/// recorded either: it follows its parent.
/// </summary>
internal sealed class ProbeFilter : BaseProcessor<Activity>
{
    public override void OnStart(Activity data)
    {
        if (data.Kind != ActivityKind.Server || !DefaultPaths.IsProbe(data.GetTagItem("url.path") as string))
            return;

        data.IsAllDataRequested = false;
        data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
