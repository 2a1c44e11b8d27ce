using Switchboard.Core.Sms;

namespace Switchboard.Core.Notifications;

/// <summary>What a channel addresses its recipients by: what <c>notifications.recipient</c> holds.</summary>
public enum AddressKind
{
    /// <summary>A phone number in E.164 that its country's numbering plan can have: each message is paid for.</summary>
    PlannedPhoneNumber,

    /// <summary>A phone number in the form of E.164; the provider itself says which it reaches.</summary>
    PhoneNumber,

    /// <summary>An email address, without a name.</summary>
    EmailAddress,

    /// <summary>The id of a row in <c>recipient_addresses</c>: the address itself is a secret.</summary>
    StoredAddress,

    /// <summary>The id of a row in <c>recipients</c>.</summary>
    Recipient,

    /// <summary>The user's own id, for all of their webhook endpoints that take <c>notification.message</c>; or the id of one of them, a
    /// row in <c>webhook_endpoints</c>.</summary>
    Endpoint,
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

    /// <summary>It has a subject or title beside the text.</summary>
    Subject = 8,

    /// <summary>It carries HTML beside the text.</summary>
    Html = 16,
}

/// <summary>A channel that messages are sent over, as each process knows it. Its sender is in <c>Workers.Dispatch/Channels</c>.</summary>
/// <param name="Name">The value of <c>notifications.channel</c>.</param>
/// <param name="AddressKind">What recipients are addressed by.</param>
/// <param name="MaxLength">The longest text of a message, in <see cref="Unit"/>; a longer one is cut.</param>
/// <param name="Capabilities">What else it can do.</param>
public sealed record ChannelDefinition(string Name, AddressKind AddressKind, int MaxLength, ChannelCapabilities Capabilities)
{
    /// <summary>What its provider counts the length of a text in.</summary>
    public LengthUnit Unit { get; init; }

    /// <summary>Whether a person writes its addresses down as they are: a phone number, an email address.</summary>
    public bool IsDirect => AddressKind is AddressKind.PlannedPhoneNumber or AddressKind.PhoneNumber or AddressKind.EmailAddress;
}

/// <summary>The channels there are. What a new one needs beside its definition here, <c>CONTRIBUTING.md</c> lists.</summary>
public static class Channels
{
    /// <summary>The name of <see cref="WhatsAppChannel"/>.</summary>
    public const string WhatsApp = "whatsapp";

    /// <summary>The name of <see cref="SmsChannel"/>.</summary>
    public const string Sms = "sms";

    /// <summary>The name of <see cref="EmailChannel"/>.</summary>
    public const string Email = "email";

    /// <summary>The name of <see cref="PushChannel"/>.</summary>
    public const string Push = "push";

    /// <summary>The name of <see cref="ChatChannel"/>.</summary>
    public const string Chat = "chat";

    /// <summary>The name of <see cref="InboxChannel"/>.</summary>
    public const string Inbox = "inbox";

    /// <summary>The name of <see cref="WebhookChannel"/>.</summary>
    public const string Webhook = "webhook";

    /// <summary>WhatsApp (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).</summary>
    public static ChannelDefinition WhatsAppChannel { get; } = new(
        WhatsApp, AddressKind.PhoneNumber, MaxLength: 4096,
        ChannelCapabilities.DeliveryReceipts | ChannelCapabilities.ReadReceipts | ChannelCapabilities.Templates);

    /// <summary>SMS; Twilio refuses more than 1,600 characters (error 21617).</summary>
    public static ChannelDefinition SmsChannel { get; } = new(
        Sms, AddressKind.PlannedPhoneNumber, MaxLength: 1600, ChannelCapabilities.DeliveryReceipts)
    { Unit = LengthUnit.SmsCharacters };

    /// <summary>Email by SMTP (RFC 5321).</summary>
    public static ChannelDefinition EmailChannel { get; } = new(
        Email, AddressKind.EmailAddress, MaxLength: 200_000, ChannelCapabilities.Subject | ChannelCapabilities.Html);

    /// <summary>Push to devices and browsers by FCM, APNs and web push: some 4,096 bytes with everything around the text.</summary>
    public static ChannelDefinition PushChannel { get; } = new(
        Push, AddressKind.StoredAddress, MaxLength: 2048, ChannelCapabilities.Subject)
    { Unit = LengthUnit.Bytes };

    /// <summary>Webhooks of Slack, Discord and Teams; Discord takes 2,000 characters, each service cuts what it does not take.</summary>
    public static ChannelDefinition ChatChannel { get; } = new(
        Chat, AddressKind.StoredAddress, MaxLength: 20_000, ChannelCapabilities.Subject);

    /// <summary>The recipient's own inbox (<c>/api/inbox</c>).</summary>
    public static ChannelDefinition InboxChannel { get; } = new(
        Inbox, AddressKind.Recipient, MaxLength: 20_000,
        ChannelCapabilities.DeliveryReceipts | ChannelCapabilities.ReadReceipts | ChannelCapabilities.Subject);

    /// <summary>The user's own webhook endpoints, by Standard Webhooks: payloads of less than 20 kB.</summary>
    public static ChannelDefinition WebhookChannel { get; } = new(
        Webhook, AddressKind.Endpoint, MaxLength: 8_000, ChannelCapabilities.DeliveryReceipts | ChannelCapabilities.Subject);

    /// <summary>All there are.</summary>
    public static IReadOnlyList<ChannelDefinition> All { get; } =
        [WhatsAppChannel, SmsChannel, EmailChannel, PushChannel, ChatChannel, InboxChannel, WebhookChannel];

    /// <summary>The names of all there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(channel => channel.Name)];

    /// <summary>The names of those that take an address as it is written: <see cref="ChannelDefinition.IsDirect"/>.</summary>
    public static IReadOnlyList<string> DirectNames { get; } = [.. All.Where(channel => channel.IsDirect).Select(channel => channel.Name)];

    /// <summary>The channel of that name; null if there is none.</summary>
    public static ChannelDefinition? Find(string? name) => All.FirstOrDefault(channel => channel.Name == name);

    /// <summary>What is wrong with a recipient as it is written; null if nothing is, or the channel is not known.</summary>
    public static string? RecipientError(string? channel, string? recipient) => Find(channel)?.AddressKind switch
    {
        AddressKind.PhoneNumber when !PhoneNumber.LooksLikeE164(recipient) => PhoneNumber.FormatError,
        AddressKind.PlannedPhoneNumber when !PhoneNumber.IsE164(recipient) => PhoneNumber.FormatError,
        AddressKind.EmailAddress when !IsEmailAddress(recipient) => "It must be an email address, without a name.",
        AddressKind.StoredAddress or AddressKind.Recipient or AddressKind.Endpoint when !Guid.TryParse(recipient, out _) => "It must be an id.",
        _ => null,
    };

    private static bool IsEmailAddress(string? address) =>
        address is { Length: > 0 and <= 320 } && MimeKit.MailboxAddress.TryParse(address, out var read)
        && read.Address == address && read.Address.Contains('@', StringComparison.Ordinal) && string.IsNullOrEmpty(read.Name);
}
