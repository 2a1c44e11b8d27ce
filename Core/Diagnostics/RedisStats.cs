namespace Switchboard.Core.Diagnostics;

/// <summary>A process's connection to Redis.</summary>
/// <param name="Available">Whether commands are tried at the moment.</param>
/// <param name="Operations">Commands sent since the process started.</param>
/// <param name="Outstanding">Commands that wait for their answer.</param>
public sealed record RedisStats(bool Available, long Operations, long Outstanding) : IStats
{
    /// <inheritdoc/>
    public static string Section => "redis";
}
