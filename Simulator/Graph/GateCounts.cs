namespace Switchboard.Simulator.Graph;

/// <summary>What came to a mailbox: requests in all, the most at once, and how many were refused for which limit.</summary>
internal readonly record struct GateCounts(long Requests, int PeakConcurrency, long OverConcurrency, long OverWindow);
