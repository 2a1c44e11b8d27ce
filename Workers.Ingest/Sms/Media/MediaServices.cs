using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>Registration of what fetches media.</summary>
internal static class MediaServices
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(10);

    // enough for the page of a redirect; of a file that is not wanted the connection is closed
    private const int DrainedBytes = 16 * 1024;

    public static IServiceCollection AddMediaDownload(this IServiceCollection services)
    {
        services.AddOptions<HttpPoolOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MediaLimits>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TwilioMediaOptions>().BindConfiguration(TwilioMediaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<MediaMetrics>();
        services.AddSingleton<MediaAddresses>();
        services.AddSingleton<MediaConnections>();
        services.AddSingleton<MediaDownload>();

        var http = services.AddHttpClient(MediaDownload.HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan);
        http.ConfigurePrimaryHttpMessageHandler(Network);
        // no other tries than the job's; and no address but the one that was checked
        http.ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear());
        http.RemoveAllLoggers(); // lines for each file
        return services;
    }

    private static SocketsHttpHandler Network(IServiceProvider provider)
    {
        var connections = provider.GetRequiredService<MediaConnections>();
        return new()
        {
            ConnectCallback = async (context, cancellationToken) => await connections.ConnectAsync(context.DnsEndPoint, cancellationToken),
            ConnectTimeout = Connect,
            MaxConnectionsPerServer = provider.GetRequiredService<IOptions<HttpPoolOptions>>().Value.Max,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseDrainSize = DrainedBytes,
            // the header and the credentials of a redirect are this class's to decide, and a proxy would resolve names itself
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
        };
    }
}

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

/// <summary>The account whose media is fetched; section <c>Twilio</c>.</summary>
internal sealed class TwilioMediaOptions : IValidatableObject
{
    public const string Section = "Twilio";

    // configuration adds to a list that is there, so the default is not in it
    private static readonly string[] DefaultHosts = ["api.twilio.com", "*.twilio.com", "*.twiliocdn.com", "s3-external-1.amazonaws.com"];

    /// <summary>The REST API. Media is there, and only there the account's token is shown. Whoever sets it says that it is to be trusted:
    /// it may be http and at a private address.</summary>
    [Required]
    public Uri ApiBaseUrl { get; set; } = new("https://api.twilio.com");

    /// <summary>The account.</summary>
    [Required(ErrorMessage = "Set Twilio:AccountSid to the account's SID.")]
    public string AccountSid { get; set; } = "";

    /// <summary>Its secret.</summary>
    [Required(ErrorMessage = "Set Twilio:AuthToken to the account's auth token.")]
    public string AuthToken { get; set; } = "";

    /// <summary>The other hosts from which media may come, by https: names, or <c>*.</c> and a name for all below it. Twilio's if none is set.</summary>
    public IList<string> MediaHosts { get; init; } = [];

    public IEnumerable<string> AllowedHosts => MediaHosts.Count > 0 ? MediaHosts : DefaultHosts;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!ApiBaseUrl.IsAbsoluteUri || ApiBaseUrl.Scheme is not ("http" or "https"))
            yield return new("Twilio:ApiBaseUrl must be an http or https address.", [nameof(ApiBaseUrl)]);
        foreach (var host in MediaHosts.Where(host => !IsHost(host)))
        {
            yield return new(
                $"Twilio:MediaHosts has '{host}', which is no host name such as api.twilio.com or *.twilio.com.", [nameof(MediaHosts)]);
        }
    }

    private static bool IsHost(string host) =>
        Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) == UriHostNameType.Dns;
}
