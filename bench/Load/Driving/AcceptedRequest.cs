using System.Net;

namespace Switchboard.Load.Driving;

/// <summary>A request that was answered as it should be.</summary>
/// <param name="Number">Which one.</param>
/// <param name="StartedAt">When it was to be sent.</param>
/// <param name="Latency">From then to the answer.</param>
/// <param name="Status">What it was answered with.</param>
internal readonly record struct AcceptedRequest(long Number, DateTimeOffset StartedAt, TimeSpan Latency, HttpStatusCode Status);
