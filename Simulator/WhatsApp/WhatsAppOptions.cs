using System.ComponentModel.DataAnnotations;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>Options of the section <c>WhatsApp</c>; the values of the product's Development settings are the defaults.</summary>
internal sealed class WhatsAppOptions
{
    public const string Section = "WhatsApp";

    [Required]
    public string PhoneNumberId { get; set; } = "15550000000";

    [Required]
    public string AccessToken { get; set; } = "demo-whatsapp-token";

    /// <summary>Signs the callbacks.</summary>
    [Required]
    public string AppSecret { get; set; } = "demo-whatsapp-secret";

    /// <summary>Over so many messages a second error 130429 comes back; 0 for no limit. Meta's own default is 80.</summary>
    [Range(0, 1_000_000)]
    public int MessagesPerSecond { get; set; }

    /// <summary>How long statuses are gathered for one callback.</summary>
    [Range(0, 60_000)]
    public int CallbackWindowMilliseconds { get; set; } = 5;

    /// <summary>How many statuses one callback carries at the most.</summary>
    [Range(1, 1000)]
    public int CallbackMaxStatuses { get; set; } = 200;
}
