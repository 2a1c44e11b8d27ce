using System.ComponentModel.DataAnnotations;

namespace Switchboard.Core.Sms;

/// <summary>
/// A process's connections to each provider of SMS, media and speech; at the root of the configuration, so that the environment names it
/// without a section. There is a most and no least: .NET opens a connection when a request needs one and keeps it, but holds none
/// ready.
/// </summary>
public sealed class HttpPoolOptions
{
    /// <summary>How many requests to a provider are under way at once, over as many connections; others wait.</summary>
    [ConfigurationKeyName("HTTP_POOL_MAX")]
    [Range(1, 1000, ErrorMessage = "HTTP_POOL_MAX must be 1 to 1000 connections.")]
    public int Max { get; set; } = 10;
}
