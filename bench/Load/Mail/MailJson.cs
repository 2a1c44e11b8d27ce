using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Load.Mail;

/// <summary>What goes over the wire about mailboxes and tracked mails, to the product and to the simulator.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewMailbox))]
[JsonSerializable(typeof(MailboxView))]
[JsonSerializable(typeof(NewMail[]))]
[JsonSerializable(typeof(AddedMail[]))]
[JsonSerializable(typeof(MailLimits))]
[JsonSerializable(typeof(NewAccount))]
[JsonSerializable(typeof(BegunAccount))]
[JsonSerializable(typeof(MailAccount))]
[JsonSerializable(typeof(MailAccountPage))]
[JsonSerializable(typeof(TrackedPage))]
internal sealed partial class MailJson : JsonSerializerContext;

/// <summary>A mailbox for the simulator to make.</summary>
internal sealed record NewMailbox(
    string Address, int Messages, double ReplyRate, double AutoReplyRate, double BounceRate, double SpanDays, long Seed, DateTimeOffset Until);

/// <summary>A mailbox as the simulator has it.</summary>
internal sealed record MailboxView(string Address, int Sent, int Received, long Requests, long Throttled, IReadOnlyList<MailSubscription> Subscriptions);

internal sealed record MailSubscription(Guid Id, string Resource);

/// <summary>A mail to put into a mailbox.</summary>
internal sealed record NewMail(string Address, string Folder, string To, string Subject, string Body, bool Silent);

/// <summary>What the simulator calls it.</summary>
internal sealed record AddedMail(string Id, string InternetMessageId);

/// <summary>What a mailbox of the simulator bears.</summary>
internal sealed record MailLimits(int MaxConcurrentRequests, int MaxRequestsInWindow);

internal sealed record NewAccount(string Provider, string Address);

/// <summary>An account that is being connected.</summary>
internal sealed record BegunAccount(Guid Id, Uri AuthorizationUrl);

/// <summary>An account as the product shows it.</summary>
internal sealed record MailAccount(Guid Id, string Provider, string Address, string Status, JsonElement? Tracking);

internal sealed record MailAccountPage(IReadOnlyList<MailAccount> Items, string? NextCursor);

internal sealed record TrackedPage(IReadOnlyList<TrackedItem> Items, string? NextCursor);

/// <summary>A tracked mail as the product lists it.</summary>
internal sealed record TrackedItem(
    Guid Id,
    Guid AccountId,
    string MessageId,
    string InternetMessageId,
    string Subject,
    IReadOnlyList<string> Recipients,
    DateTimeOffset SentAt,
    string Status,
    bool HasResponse,
    DateTimeOffset? RespondedAt,
    long? ResponseSeconds,
    DateTimeOffset? AutoRepliedAt,
    DateTimeOffset CreatedAt);
