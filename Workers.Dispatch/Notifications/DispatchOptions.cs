using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>How notifications are sent; section <c>Dispatch</c>.</summary>
internal sealed class DispatchOptions
{
    public const string Section = "Dispatch";

    /// <summary>How many messages of a batch are under way at once.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentSends { get; set; } = 64;

    /// <summary>How long the provider's status is waited for when it is not known whether a message was sent, before it is
    /// sent again. Longer than any request to a provider takes.</summary>
    [Range(1, 3600)]
    public double InDoubtSeconds { get; set; } = 10;
}
