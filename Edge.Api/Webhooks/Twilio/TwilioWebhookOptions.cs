using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>How requests of Twilio are verified; section <c>Twilio</c>.</summary>
internal sealed class TwilioWebhookOptions : IValidatableObject
{
    public const string Section = "Twilio";

    /// <summary>Our account: requests about another are refused.</summary>
    [Required(ErrorMessage = "Set Twilio:AccountSid to the account's SID.")]
    public string AccountSid { get; init; } = "";

    /// <summary>The account's token, which signs requests.</summary>
    [Required(ErrorMessage = "Set Twilio:AuthToken to the account's auth token.")]
    public string AuthToken { get; init; } = "";

    /// <summary>
    /// The edge as Twilio calls it, <c>https://switchboard.example</c>, with the path that a proxy takes off if it does. Left out,
    /// the address that a request shows counts alone.
    /// </summary>
    public string? PublicBaseUrl { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(PublicBaseUrl)
            && (!Uri.TryCreate(PublicBaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query != ""))
            yield return new("Twilio:PublicBaseUrl must be an address such as https://switchboard.example.", [nameof(PublicBaseUrl)]);
    }
}
