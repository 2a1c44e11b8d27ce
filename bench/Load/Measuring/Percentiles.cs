namespace Switchboard.Load.Measuring;

/// <summary>Latencies in milliseconds.</summary>
internal sealed record Percentiles(double P50, double P95, double P99);
