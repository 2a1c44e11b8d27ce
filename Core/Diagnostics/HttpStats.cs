namespace Switchboard.Core.Diagnostics;

/// <summary>A process's HTTP connections to others.</summary>
/// <param name="Hosts">Those that have any open now.</param>
public sealed record HttpStats(IReadOnlyList<HostConnections> Hosts) : IStats
{
    /// <inheritdoc/>
    public static string Section => "http";
}

/// <summary>Open connections to one host.</summary>
/// <param name="Host">Its name and, if it is not that of its scheme, its port.</param>
/// <param name="Active">A request is on its way over them.</param>
/// <param name="Idle">They wait for the next one.</param>
public sealed record HostConnections(string Host, int Active, int Idle);
