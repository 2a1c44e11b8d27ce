using System.Diagnostics.Metrics;

namespace Switchboard.Core.Redis.Limits;

/// <summary>The checks of this process since it started.</summary>
/// <param name="Local">Answered by the process itself.</param>
/// <param name="Redis">Answered by Redis.</param>
/// <param name="Postgres">Answered by Postgres.</param>
/// <param name="Unanswered">Redis and Postgres were both unavailable.</param>
/// <param name="Refused">How many of all these were refused.</param>
public sealed record LayeredLimitCounts(long Local, long Redis, long Postgres, long Unanswered, long Refused)
{
    /// <summary>All checks, however they were answered.</summary>
    public long Checks => Local + Redis + Postgres + Unanswered;
}

/// <summary>
/// What <see cref="LayeredLimiter"/> did: in the process by <see cref="Read"/>, outside as the metric <c>switchboard.limits.checks</c>
/// of the meter <c>Switchboard.Limits</c>, with <c>layer</c> (local, redis, postgres, nobody) and <c>result</c> (granted or refused).
/// </summary>
public sealed class LayeredLimitStatistics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Switchboard.Limits";

    private static readonly string[] Layers = ["local", "redis", "postgres", "nobody"];

    private readonly long[] _granted = new long[Layers.Length];
    private readonly long[] _refused = new long[Layers.Length];

    internal LayeredLimitStatistics(IMeterFactory meters) => meters.Create(MeterName)
        .CreateObservableCounter("switchboard.limits.checks", Each, description: "Checks of providers' limits by who answered them");

    /// <summary>The counts so far.</summary>
    public LayeredLimitCounts Read() => new(
        Of(LimitLayer.Local), Of(LimitLayer.Redis), Of(LimitLayer.Postgres), Of(LimitLayer.None), _refused.Sum());

    internal LimitCheck Count(LimitCheck check)
    {
        Interlocked.Increment(ref (check.IsAllowed ? _granted : _refused)[(int)check.AnsweredBy]);
        return check;
    }

    private long Of(LimitLayer layer) => Interlocked.Read(ref _granted[(int)layer]) + Interlocked.Read(ref _refused[(int)layer]);

    private IEnumerable<Measurement<long>> Each()
    {
        for (var layer = 0; layer < Layers.Length; layer++)
        {
            yield return new(Interlocked.Read(ref _granted[layer]), new("layer", Layers[layer]), new("result", "granted"));
            yield return new(Interlocked.Read(ref _refused[layer]), new("layer", Layers[layer]), new("result", "refused"));
        }
    }
}
