namespace Switchboard.Core.Performance;

/// <summary>A process's connection to the broker.</summary>
/// <param name="Available">Whether it can publish.</param>
public sealed record BrokerFigures(bool Available) : IFigures
{
    /// <inheritdoc/>
    public static string Section => "broker";
}
