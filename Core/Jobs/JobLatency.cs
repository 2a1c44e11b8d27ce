namespace Switchboard.Core.Jobs;

/// <summary>Latencies in milliseconds, as exact as the ranges they are counted by; null when there was nothing to count.</summary>
/// <param name="P50">Half were as quick as this.</param>
/// <param name="P95">95 % were.</param>
/// <param name="P99">99 % were.</param>
public sealed record JobLatency(double? P50, double? P95, double? P99);
