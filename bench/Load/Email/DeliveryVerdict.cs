using Switchboard.Load.Measuring;

namespace Switchboard.Load.Email;

/// <summary>How what came compares to what should have.</summary>
internal sealed class DeliveryVerdict
{
    /// <summary>Notifications that the accepted mails should lead to.</summary>
    public long Expected { get; set; }

    /// <summary>Those of them that were delivered.</summary>
    public long Delivered { get; set; }

    /// <summary>Those that were not, by the product's list, or never came to the provider.</summary>
    public long Lost { get; set; }

    /// <summary>Notifications or messages beyond the first for the same mail and rule.</summary>
    public long Duplicated { get; set; }

    /// <summary>Notifications of a rule that should not have matched.</summary>
    public long Unexpected { get; set; }

    public DateTimeOffset LastDeliveredAt { get; set; }

    /// <summary>From when a mail was to be sent until its notification was delivered.</summary>
    public LatencyRecorder EndToEnd { get; } = new();
}
