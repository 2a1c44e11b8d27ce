using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Load.Email;

/// <summary>What goes over the wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewRule))]
[JsonSerializable(typeof(MailBody))]
[JsonSerializable(typeof(Summary))]
[JsonSerializable(typeof(NotificationPage))]
[JsonSerializable(typeof(SimulatorPage))]
[JsonSerializable(typeof(SimulatorCount))]
[JsonSerializable(typeof(EmailReport))]
internal sealed partial class EmailJson : JsonSerializerContext;

internal sealed record NewRule(
    string Name,
    string Type,
    SenderSpec? Sender,
    ContentSpec? Content,
    int Priority,
    bool Active,
    bool Continue,
    string Template,
    string Channel,
    string Recipient);

internal sealed record MailBody(
    string MessageId, string From, string To, string Subject, string Text, IReadOnlyList<MailAttachment>? Attachments);

internal sealed record MailAttachment(string Name, string ContentType, long Size)
{
    public static MailAttachment Report { get; } = new("report.pdf", "application/pdf", 48_213);
}

internal sealed record Summary(long Total, long Delivered, long Failed);

internal sealed record NotificationPage(IReadOnlyList<NotificationItem> Items, string? NextCursor);

internal sealed record NotificationItem(string Body, string DeliveryStatus, DateTimeOffset? DeliveredAt);

internal sealed record SimulatorPage(IReadOnlyList<SimulatorItem> Items, string? NextCursor);

internal sealed record SimulatorItem(string Body);

internal sealed record SimulatorCount(long Count);
