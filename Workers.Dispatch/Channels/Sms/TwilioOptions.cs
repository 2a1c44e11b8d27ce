using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>The account that texts go out by, and its sender; section <c>Twilio</c>.</summary>
internal sealed class TwilioOptions
{
    public const string Section = "Twilio";

    /// <summary>The REST API.</summary>
    [Required]
    [Url]
    public string ApiBaseUrl { get; set; } = "https://api.twilio.com";

    /// <summary>The account.</summary>
    [Required]
    public string AccountSid { get; set; } = "";

    /// <summary>Its secret.</summary>
    [Required]
    public string AuthToken { get; set; } = "";

    /// <summary>The number, short code or name that texts come from. Either this or <see cref="MessagingServiceSid"/>.</summary>
    public string? From { get; set; }

    /// <summary>The messaging service that chooses from where each text comes. Either this or <see cref="From"/>.</summary>
    public string? MessagingServiceSid { get; set; }

    /// <summary>
    /// The edge as Twilio reaches it, for status callbacks. Without it none come: a text stays <c>sent</c> and never becomes
    /// delivered or failed, and one whose answer was lost is sent again after <c>Dispatch:InDoubtSeconds</c>, since nothing tells
    /// that the first arrived.
    /// </summary>
    public string? PublicBaseUrl { get; set; }

    /// <summary>The sender's throughput, over all processes. 1 is what Twilio gives a US long code
    /// (https://www.twilio.com/docs/api/errors/21611); short codes, toll-free numbers and messaging services have more.</summary>
    [Range(1, 100_000)]
    public int MessagesPerSecond { get; set; } = 1;

    /// <summary>How long a request may take.</summary>
    [Range(0.1, 60)]
    public double TimeoutSeconds { get; set; } = 5;

    /// <summary>The wait after too many requests, if no <c>Retry-After</c> came.</summary>
    [Range(0.1, 3600)]
    public double LimitSeconds { get; set; } = 1;

    /// <summary>The wait after the sender's queue at Twilio was full, or its day's quota used up. A full queue holds hours of messages.</summary>
    [Range(1, 86_400)]
    public double QueueSeconds { get; set; } = 60;

    /// <summary>The wait while the account or its sender needs the operator.</summary>
    [Range(1, 86_400)]
    public double AccountSeconds { get; set; } = 60;

    /// <summary>What messages come from: the number or the service.</summary>
    public string Sender => string.IsNullOrWhiteSpace(From) ? MessagingServiceSid ?? "" : From;
}
