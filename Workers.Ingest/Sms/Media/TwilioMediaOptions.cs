using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Ingest.Sms.Media;

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
