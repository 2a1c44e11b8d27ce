using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>How large a file may be, how long it may take, and where it is while it is looked at; plain names, as in the environment.</summary>
internal sealed class MediaLimits
{
    private const int Megabyte = 1024 * 1024;

    /// <summary>The largest file, in megabytes (2^20 bytes).</summary>
    [ConfigurationKeyName("MAX_MEDIA_SIZE_MB")]
    [Range(1, 1024, ErrorMessage = "MAX_MEDIA_SIZE_MB must be 1 to 1024.")]
    public int MaxMegabytes { get; set; } = 5;

    /// <summary>How long a download may take, redirects and body included, in milliseconds.</summary>
    [ConfigurationKeyName("MEDIA_DOWNLOAD_TIMEOUT_MS")]
    [Range(100, 600_000, ErrorMessage = "MEDIA_DOWNLOAD_TIMEOUT_MS must be 100 to 600000.")]
    public int DownloadTimeoutMs { get; set; } = 30_000;

    /// <summary>Where files are while they are looked at; <c>switchboard-media</c> in the system's folder for such, if it is not set.</summary>
    [ConfigurationKeyName("Media:TempFolder")]
    public string? TempFolder { get; set; }

    public long MaxBytes => (long)MaxMegabytes * Megabyte;

    public TimeSpan DownloadTimeout => TimeSpan.FromMilliseconds(DownloadTimeoutMs);
}
