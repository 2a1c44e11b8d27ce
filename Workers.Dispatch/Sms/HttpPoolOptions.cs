using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Dispatch.Sms;

/// <summary>
/// The pool of connections to Twilio; at the root of the configuration, so that the environment names it without a section. There is
/// a most and no least: .NET opens a connection when a request needs one and keeps it (here for five minutes), but holds none ready.
/// </summary>
internal sealed class HttpPoolOptions
{
    /// <summary>The most connections, and so the most requests under way; others wait for one.</summary>
    [ConfigurationKeyName("HTTP_POOL_MAX")]
    [Range(1, 1000, ErrorMessage = "HTTP_POOL_MAX must be 1 to 1000 connections.")]
    public int Max { get; set; } = 10;
}
