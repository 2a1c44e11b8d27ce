using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>What a status callback says of a text that we sent (Twilio's reference, "Message Status Values").</summary>
internal static class SmsStatus
{
    /// <summary>The error of a number that said STOP.</summary>
    public const string OptedOut = "21610";

    private const int MaxErrorCode = 32;

    /// <summary>What became of it; null for what changes nothing: it is still on its way, or the word is not known.</summary>
    public static DeliveryStatus? Of(string? status) => status switch
    {
        "sent" => DeliveryStatus.Sent,
        "delivered" => DeliveryStatus.Delivered,
        "read" => DeliveryStatus.Read,
        "undelivered" or "failed" or "canceled" => DeliveryStatus.Failed,
        _ => null,
    };

    /// <summary>Why it failed, in the words of <see href="https://www.twilio.com/docs/api/errors"/>.</summary>
    /// <param name="status">undelivered, failed or canceled.</param>
    /// <param name="code">The provider's code, if it says one.</param>
    public static string Error(string status, string? code) => code switch
    {
        null or { Length: > MaxErrorCode } => $"Twilio says that it is {status}, and not why.",
        OptedOut => $"{code} The recipient has opted out.",
        "30001" => $"{code} Queue overflow",
        "30002" => $"{code} Account suspended",
        "30003" => $"{code} Unreachable destination handset",
        "30004" => $"{code} Message blocked",
        "30005" => $"{code} Unknown destination handset",
        "30006" => $"{code} Landline or unreachable carrier",
        "30007" => $"{code} Message filtered",
        "30008" => $"{code} Unknown error",
        "30034" => $"{code} Message from an unregistered number",
        _ => $"{code} Twilio says that it is {status}.",
    };
}
