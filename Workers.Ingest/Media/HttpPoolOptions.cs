using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Ingest.Media;

/// <summary>
/// The pools of connections to the provider of media and to that of speech; at the root of the configuration, so that the environment names
/// it without a section. There is a most and no least: .NET opens a connection when a request needs one and keeps it, but holds none ready.
/// </summary>
internal sealed class HttpPoolOptions
{
    /// <summary>How many files are fetched at once, over as many connections; and the same again for speech. Others wait.</summary>
    [ConfigurationKeyName("HTTP_POOL_MAX")]
    [Range(1, 1000, ErrorMessage = "HTTP_POOL_MAX must be 1 to 1000 connections.")]
    public int Max { get; set; } = 10;
}
