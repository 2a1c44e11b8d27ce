using System.ComponentModel.DataAnnotations;
using Switchboard.Core.Media;
using Switchboard.Core.Social.Media;

namespace Switchboard.Edge.Api.Social.Media;

/// <summary>How large files of the media library may be, and how their links are made; section <c>Social:Media</c>.</summary>
internal sealed class MediaLibraryOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Social:Media";

    private const long Megabyte = 1024 * 1024;

    /// <summary>The largest file, in megabytes (2^20 bytes).</summary>
    [Range(1, 8_192)]
    public int MaxMegabytes { get; set; } = 512;

    /// <summary>How much a user's files may be together, in megabytes.</summary>
    [Range(1, 10_000_000)]
    public int QuotaMegabytes { get; set; } = 10_240;

    /// <summary>How many files a user may have, however small.</summary>
    [Range(1, 1_000_000)]
    public int MaxFiles { get; set; } = 50_000;

    /// <summary>How much of a file a request may bring, in megabytes; larger files come in several.</summary>
    [Range(1, 1_024)]
    public int PartMegabytes { get; set; } = 16;

    /// <summary>For how many minutes a link opens its file, if the request does not say.</summary>
    [Range(1, MaxLinkMinutes)]
    public int LinkMinutes { get; set; } = 60;

    /// <summary>The longest that a link may be good for, in minutes.</summary>
    internal const int MaxLinkMinutes = 10_080;

    internal long MaxBytes => MaxMegabytes * Megabyte;

    internal long QuotaBytes => QuotaMegabytes * Megabyte;

    internal long PartBytes => PartMegabytes * Megabyte;
}

/// <summary>Registration of what the endpoints of the media library need.</summary>
internal static class MediaLibraryServices
{
    /// <summary>The media library.</summary>
    public static IServiceCollection AddMediaLibrary(this IServiceCollection services)
    {
        services.AddOptions<MediaLibraryOptions>().BindConfiguration(MediaLibraryOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        return services.AddTempFolder()
            .AddSingleton<SocialMediaLinks>()
            .AddSingleton<SocialMediaStore>()
            .AddSingleton<MediaLibraryStore>()
            .AddSingleton<MediaUpload>();
    }
}
