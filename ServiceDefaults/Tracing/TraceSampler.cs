using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Switchboard.ServiceDefaults.Tracing;

/// <summary>
/// Decides which spans are recorded. A trace begins with a request, or with a job that nobody's trace led to (a due one);
/// a query, a command or a call without such a beginning is a poll or a heartbeat and is never recorded. Of the beginnings
/// the first <see cref="TracingOptions.TracesPerSecond"/> each second are recorded and a share of the others; all that follows
/// from one, here and in other processes, is recorded as it is.
/// </summary>
internal sealed class TraceSampler : Sampler
{
    private readonly TraceIdRatioBasedSampler _ratio;
    private readonly TimeProvider _timeProvider;
    private readonly double _perSecond;
    private readonly double _capacity;
    private readonly Lock _lock = new();
    private double _tokens;
    private long _filledAt;

    public TraceSampler(TracingOptions options, TimeProvider timeProvider)
    {
        _ratio = new(options.SampleRatio);
        _timeProvider = timeProvider;
        _perSecond = options.TracesPerSecond;
        // a rate under one a second still lets a whole trace through
        _capacity = _perSecond > 0 ? Math.Max(1, _perSecond) : 0;
        _tokens = _capacity;
        _filledAt = timeProvider.GetTimestamp();
    }

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var kind = samplingParameters.Kind;
        var parent = samplingParameters.ParentContext;
        var isChild = parent.TraceId != default;
        if (kind == ActivityKind.Server && DefaultPaths.IsProbe(PathOf(samplingParameters.Tags)))
            return new(SamplingDecision.Drop);
        if (isChild && (parent.TraceFlags & ActivityTraceFlags.Recorded) != 0)
            return new(SamplingDecision.RecordAndSample);

        // a caller that does not record its own part has not decided for this process
        var begins = kind == ActivityKind.Server
            ? !isChild || parent.IsRemote
            : !isChild && (kind is ActivityKind.Producer or ActivityKind.Consumer);
        return new(begins && (_ratio.ShouldSample(samplingParameters).Decision == SamplingDecision.RecordAndSample || TryTake())
            ? SamplingDecision.RecordAndSample
            : SamplingDecision.Drop);
    }

    private bool TryTake()
    {
        lock (_lock)
        {
            var now = _timeProvider.GetTimestamp();
            _tokens = Math.Min(_capacity, _tokens + (_timeProvider.GetElapsedTime(_filledAt, now).TotalSeconds * _perSecond));
            _filledAt = now;
            if (_tokens < 1)
                return false;
            _tokens--;
            return true;
        }
    }

    // the server gives it when it starts the span
    private static string? PathOf(IEnumerable<KeyValuePair<string, object?>>? tags)
    {
        foreach (var (key, value) in tags ?? [])
            if (key == "url.path")
                return value as string;
        return null;
    }
}
