using System.Text.RegularExpressions;
using Switchboard.Core.Sms;

namespace Switchboard.Core.Notifications;

/// <summary>What a channel addresses its recipients by.</summary>
public enum AddressKind
{
    /// <summary>A phone number in E.164 that its country's numbering plan can have: each message is paid for.</summary>
    PlannedPhoneNumber,

    /// <summary>A phone number in the form of E.164; the provider itself says which it reaches.</summary>
    PhoneNumber,
}

/// <summary>What a channel can do beside carrying plain text.</summary>
[Flags]
public enum ChannelCapabilities
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It tells when a message reached its recipient.</summary>
    DeliveryReceipts = 1,

    /// <summary>It tells when a message was opened.</summary>
    ReadReceipts = 2,

    /// <summary>It sends templates that its provider has approved.</summary>
    Templates = 4,
}

/// <summary>A channel that messages are sent over, as each process knows it. Its sender is in <c>Workers.Dispatch/Channels</c>.</summary>
/// <param name="Name">The value of <c>notifications.channel</c>.</param>
/// <param name="AddressKind">What recipients are addressed by.</param>
/// <param name="MaxLength">The longest text of a message, in UTF-16 units; a longer one is cut.</param>
/// <param name="Capabilities">What else it can do.</param>
public sealed record ChannelDefinition(string Name, AddressKind AddressKind, int MaxLength, ChannelCapabilities Capabilities);

/// <summary>The channels there are. A new one is a definition here and a sender in <c>Workers.Dispatch/Channels</c>.</summary>
public static partial class Channels
{
    /// <summary>The name of <see cref="WhatsAppChannel"/>.</summary>
    public const string WhatsApp = "whatsapp";

    /// <summary>The name of <see cref="SmsChannel"/>.</summary>
    public const string Sms = "sms";

    /// <summary>WhatsApp (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).</summary>
    public static ChannelDefinition WhatsAppChannel { get; } = new(
        WhatsApp, AddressKind.PhoneNumber, MaxLength: 4096,
        ChannelCapabilities.DeliveryReceipts | ChannelCapabilities.ReadReceipts | ChannelCapabilities.Templates);

    /// <summary>SMS; Twilio refuses more than 1,600 characters (error 21617).</summary>
    public static ChannelDefinition SmsChannel { get; } = new(
        Sms, AddressKind.PlannedPhoneNumber, MaxLength: 1600, ChannelCapabilities.DeliveryReceipts);

    /// <summary>All there are.</summary>
    public static IReadOnlyList<ChannelDefinition> All { get; } = [WhatsAppChannel, SmsChannel];

    /// <summary>The names of all there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(channel => channel.Name)];

    /// <summary>What is wrong with a recipient; null if nothing is, or the channel is not known.</summary>
    public static string? RecipientError(string? channel, string? recipient)
    {
        var addressKind = All.FirstOrDefault(one => one.Name == channel)?.AddressKind;
        return addressKind switch
        {
            AddressKind.PhoneNumber when !E164().IsMatch(recipient ?? "") => PhoneNumber.FormatError,
            AddressKind.PlannedPhoneNumber when !PhoneNumber.IsE164(recipient) => PhoneNumber.FormatError,
            _ => null,
        };
    }

    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
