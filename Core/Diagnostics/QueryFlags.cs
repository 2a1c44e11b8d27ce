using Switchboard.Core.FeatureFlags;

namespace Switchboard.Core.Diagnostics;

/// <summary>What is done about queries, asked of the flags once a second: there are thousands of queries in one.</summary>
internal sealed class QueryFlags(FeatureRollout rollout, TimeProvider time)
{
    private static readonly TimeSpan _holds = TimeSpan.FromSeconds(1);

    private volatile Reading? _reading;

    /// <summary>As they were within the last second.</summary>
    public ValueTask<Reading> ReadAsync() =>
        _reading is { } reading && time.GetElapsedTime(reading.At) < _holds ? new(reading) : new(AskAsync());

    private async Task<Reading> AskAsync()
    {
        var at = time.GetTimestamp();
        var isMeasured = await rollout.IsOnAsync(Feature.PerformanceMonitoring, accountId: null);
        return _reading = new(at, isMeasured, isMeasured && await rollout.IsOnAsync(Feature.SlowQueryAlerts, accountId: null));
    }

    /// <summary>What they said.</summary>
    /// <param name="At">When, by the clock's timestamps.</param>
    /// <param name="IsMeasured">Whether queries are measured.</param>
    /// <param name="IsAlerted">Whether slow ones are logged, of those that are measured.</param>
    internal sealed record Reading(long At, bool IsMeasured, bool IsAlerted);
}
