using System.ComponentModel.DataAnnotations;

namespace Switchboard.Simulator.Gmail;

/// <summary>Options of the section <c>Gmail</c>; the values of the product's Development settings are the defaults.</summary>
internal sealed class GmailOptions
{
    public const string Section = "Gmail";

    [Required]
    public string ClientId { get; set; } = "demo-gmail-client";

    [Required]
    public string ClientSecret { get; set; } = "demo-gmail-secret";

    /// <summary>The refresh token that opens every mailbox; followed by <c>:address</c> it opens that one alone.</summary>
    [Required]
    public string RefreshToken { get; set; } = "demo-gmail-refresh";

    /// <summary>The <c>aud</c> of pushes.</summary>
    [Required]
    public string PushAudience { get; set; } = "http://localhost:5080/api/webhooks/gmail";

    /// <summary>The <c>email</c> of pushes.</summary>
    [Required]
    public string PushServiceAccount { get; set; } = "gmail-push@demo.iam.gserviceaccount.com";

    /// <summary>How long an access token is good for.</summary>
    [Range(1, 86_400)]
    public int AccessTokenSeconds { get; set; } = 3600;

    /// <summary>Push only for mailboxes with a watch that has not expired, as Gmail does. Off, since Gmail remembers watches
    /// and this process forgets them when it ends; a mailbox that was stopped is never pushed.</summary>
    public bool RequireWatch { get; set; }

    /// <summary>Drop pushes over one a second for a mailbox, as Gmail does.</summary>
    public bool OnePushPerSecond { get; set; }
}
