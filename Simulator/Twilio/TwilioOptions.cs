using System.ComponentModel.DataAnnotations;

namespace Switchboard.Simulator.Twilio;

/// <summary>Options of the section <c>Twilio</c>; the values of the product's Development settings are the defaults.</summary>
internal sealed class TwilioOptions
{
    public const string Section = "Twilio";

    [Required]
    public string AccountSid { get; set; } = "ACdemo";

    /// <summary>The password of the API, and what signs webhooks.</summary>
    [Required]
    public string AuthToken { get; set; } = "demo-twilio-token";

    /// <summary>The account's number: what texts are sent to that name no other, and what a messaging service sends from.</summary>
    [Required]
    public string PhoneNumber { get; set; } = "+15550009999";
}
