using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Workers.Ingest.Providers.Twilio;

/// <summary>Registration of what fetches media.</summary>
internal static class TwilioMediaServices
{
    public static IServiceCollection AddMediaDownload(this IServiceCollection services)
    {
        services.AddOptions<HttpPoolOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MediaLimits>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TwilioMediaOptions>().BindConfiguration(TwilioMediaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<MediaMetrics>();
        services.AddSingleton<MediaAddresses>();
        services.AddSingleton<MediaDownload>();
        services.AddProviderHttpClient(
            MediaDownload.HttpClientName,
            provider => new(
                provider.GetRequiredService<IOptions<TwilioMediaOptions>>().Value.ApiBaseUrl.AbsoluteUri,
                provider.GetRequiredService<IOptions<MediaLimits>>().Value.DownloadTimeout,
                provider.GetRequiredService<IOptions<HttpPoolOptions>>().Value.Max,
                AllowPrivateAddresses: true))
            // one try, in the time of the whole download; and no address but the one that was checked
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear());
        return services;
    }
}

/// <summary>How large a file may be, and how long it may take; plain names, as in the environment.</summary>
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

    /// <summary>The other hosts from which media may come, by https: names, or <c>*.</c> and a name for all below it. Twilio's if none is
    /// set.</summary>
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

/// <summary>From where media may come: the provider's API, whose address was configured, and by https the hosts that were
/// allowed.</summary>
internal sealed class MediaAddresses(IOptions<TwilioMediaOptions> options)
{
    private const string RestPath = "/2010-04-01/";

    private readonly Uri _api = options.Value.ApiBaseUrl;
    private readonly string[] _hosts = [.. options.Value.AllowedHosts.Select(host => host.ToLowerInvariant())];

    /// <summary>The address, if media may come from there.</summary>
    /// <exception cref="ProviderException">It may not.</exception>
    public Uri Allowed(string address) => Uri.TryCreate(address, UriKind.Absolute, out var url)
        ? Allowed(url, "It is at")
        : throw new ProviderException(FailureKind.Permanent, "Its address is no URL.");

    /// <summary>Where a redirect leads, if media may come from there.</summary>
    /// <exception cref="ProviderException">It may not.</exception>
    public Uri Allowed(Uri from, Uri redirect) => Allowed(new Uri(from, redirect), "It redirects to");

    /// <summary>Whether it is shown the account's token: an address of the provider's API is. One that it redirects to only if it is
    /// of the REST API too, and not of a store of files beside it, whose links are their own permits.</summary>
    public bool KnowsAccount(Uri url, bool isRedirect) =>
        IsApi(url) && (!isRedirect || url.AbsolutePath.StartsWith(_api.AbsolutePath.TrimEnd('/') + RestPath, StringComparison.Ordinal));

    private Uri Allowed(Uri url, string where)
    {
        if (IsApi(url))
            return url;
        if (url.Scheme != Uri.UriSchemeHttps)
            throw new ProviderException(FailureKind.Permanent, $"{where} an address that is not https.");
        return _hosts.Any(host => Matches(host, url.IdnHost))
            ? url
            : throw new ProviderException(FailureKind.Permanent, $"{where} {url.IdnHost}, from where no media is taken.");
    }

    private bool IsApi(Uri url) => url.Scheme == _api.Scheme && url.Port == _api.Port
        && string.Equals(url.IdnHost, _api.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool Matches(string allowed, string host) => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase) && host.Length > allowed.Length - 1
        : host.Equals(allowed, StringComparison.OrdinalIgnoreCase);
}
