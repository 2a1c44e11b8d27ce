namespace Switchboard.Core.Diagnostics;

/// <summary>A process's connection to the broker.</summary>
/// <param name="Available">Whether it can publish.</param>
public sealed record BrokerStats(bool Available) : IStats
{
    /// <inheritdoc/>
    public static string Section => "broker";
}
