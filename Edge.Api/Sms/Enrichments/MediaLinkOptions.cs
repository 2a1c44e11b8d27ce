using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>How links to files are made.</summary>
internal sealed class MediaLinkOptions
{
    /// <summary>For how many minutes a link opens its file.</summary>
    [ConfigurationKeyName("Media:LinkMinutes")]
    [Range(1, 1_440)]
    public int LinkMinutes { get; set; } = 15;

    /// <summary>How the edge is called from outside; left out, links begin with the address that the request came to.</summary>
    [ConfigurationKeyName("Twilio:PublicBaseUrl")]
    public Uri? PublicBaseUrl { get; set; }
}
