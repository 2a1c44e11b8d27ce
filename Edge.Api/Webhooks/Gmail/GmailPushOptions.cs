using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Webhooks.Gmail;

/// <summary>Who may push to <c>/api/webhooks/gmail</c>; section <c>Gmail</c>.</summary>
internal sealed class GmailPushOptions
{
    public const string Section = "Gmail";

    /// <summary>Where the public keys of the signer are (a JWK set).</summary>
    [Required(ErrorMessage = "Set Gmail:PushKeysUrl.")]
    public Uri PushKeysUrl { get; init; } = new("https://www.googleapis.com/oauth2/v3/certs");

    /// <summary>The audience that the push subscription names.</summary>
    [Required(ErrorMessage = "Set Gmail:PushAudience to the audience of the push subscription.")]
    public string PushAudience { get; init; } = "";

    /// <summary>The service account that the push subscription uses.</summary>
    [Required(ErrorMessage = "Set Gmail:PushServiceAccount to the service account of the push subscription.")]
    public string PushServiceAccount { get; init; } = "";

    /// <summary>How old the keys may be before they are fetched again, in seconds.</summary>
    [Range(60, 86_400)]
    public int PushKeysMaxAgeSeconds { get; init; } = 3_600;

    /// <summary>How long to wait before an unknown key id makes them be fetched once more, in seconds.</summary>
    [Range(1, 3_600)]
    public int PushKeysMinAgeSeconds { get; init; } = 10;
}
