using System.ComponentModel.DataAnnotations;

namespace Switchboard.Core.Redis;

/// <summary>How a process deals with Redis; section <c>Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Redis";

    /// <summary>How long one command may take, in milliseconds; a command that takes longer counts as Redis being away.</summary>
    [Range(10, 10_000)]
    public int RedisTimeoutMs { get; set; } = 250;

    /// <summary>The time between two heartbeats, in milliseconds.</summary>
    [Range(10, 400)]
    public int HeartbeatMs { get; set; } = 250;

    /// <summary>The time without an echo of a heartbeat after which published messages may have been missed, in milliseconds.</summary>
    [Range(100, 900)]
    public int TrustMs { get; set; } = 800;

    /// <summary>Stands before every key and channel.</summary>
    [Required]
    public string KeyPrefix { get; set; } = "switchboard:";
}
