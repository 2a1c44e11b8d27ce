using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>How many texts of a number are taken; at the root of the configuration.</summary>
internal sealed class SmsLimitOptions
{
    /// <summary>Texts in any hour, of each number.</summary>
    [ConfigurationKeyName("RATE_LIMIT_MESSAGES_PER_HOUR")]
    [Range(1, 1_000_000, ErrorMessage = "RATE_LIMIT_MESSAGES_PER_HOUR must be from 1 to 1,000,000.")]
    public int MessagesPerHour { get; init; } = 20;
}
