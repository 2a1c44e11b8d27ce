using System.Text.Json.Serialization;
using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>A mail that was sent and is followed until it is answered.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AccountId">The account that it was sent from.</param>
/// <param name="MessageId">The provider's id of it.</param>
/// <param name="InternetMessageId">Its Message-ID.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Recipients">Its recipients: to, cc, bcc.</param>
/// <param name="Categories">The categories that its user gave it.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Status">active, responded, bounced, expired or stopped.</param>
/// <param name="HasResponse">Whether a person has answered.</param>
/// <param name="RespondedAt">When the first answer of a person came.</param>
/// <param name="ResponseSeconds">The seconds from the sending to that answer.</param>
/// <param name="Responses">How many answers of people there are.</param>
/// <param name="AutoRepliedAt">When an automatic answer came.</param>
/// <param name="BouncedAt">When it first came back; it is bounced when it did from all recipients.</param>
/// <param name="ExpiresAt">Until when an answer is waited for.</param>
/// <param name="RemindAt">When the next reminder is due; null unless it is active.</param>
/// <param name="Reminders">How many reminders were sent.</param>
/// <param name="SnoozedUntil">No reminder before that.</param>
/// <param name="StoppedAt">When its user stopped following it.</param>
/// <param name="TrackedBy">policy or request: why it is tracked.</param>
/// <param name="CreatedAt">Since when it is followed.</param>
/// <param name="UpdatedAt">When something about it changed.</param>
internal record TrackedEmailResponse(
    Guid Id,
    Guid AccountId,
    string MessageId,
    string InternetMessageId,
    string Subject,
    IReadOnlyList<string> Recipients,
    IReadOnlyList<string> Categories,
    DateTimeOffset SentAt,
    string Status,
    bool HasResponse,
    DateTimeOffset? RespondedAt,
    int? ResponseSeconds,
    int Responses,
    DateTimeOffset? AutoRepliedAt,
    DateTimeOffset? BouncedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RemindAt,
    int Reminders,
    DateTimeOffset? SnoozedUntil,
    DateTimeOffset? StoppedAt,
    string TrackedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>The columns of <c>t</c>, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        """
        t.id, t.account_id, t.provider_id, t.internet_message_id, t.subject, t.recipients, t.categories, t.sent_at, t.status, t.has_response,
        t.response_at, t.response_seconds, t.responses, t.auto_replied_at, t.bounced_at, t.expires_at,
        CASE WHEN t.status = 'active' THEN t.remind_at END, t.reminders, t.snoozed_until, t.stopped_at, t.tracked_by, t.created_at,
        t.updated_at
        """;

    /// <summary>How many <see cref="Columns"/> are.</summary>
    public const int ColumnCount = 23;

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static TrackedEmailResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetFieldValue<string[]>(5),
        row.GetFieldValue<string[]>(6),
        row.GetFieldValue<DateTimeOffset>(7),
        row.GetString(8),
        row.GetBoolean(9),
        row.Nullable<DateTimeOffset>(10),
        row.Nullable<int>(11),
        row.GetInt32(12),
        row.Nullable<DateTimeOffset>(13),
        row.Nullable<DateTimeOffset>(14),
        row.GetFieldValue<DateTimeOffset>(15),
        row.Nullable<DateTimeOffset>(16),
        row.GetInt16(17),
        row.Nullable<DateTimeOffset>(18),
        row.Nullable<DateTimeOffset>(19),
        row.GetString(20),
        row.GetFieldValue<DateTimeOffset>(21),
        row.GetFieldValue<DateTimeOffset>(22));
}

/// <summary>A tracked mail with its thread.</summary>
internal sealed record TrackedEmailDetail : TrackedEmailResponse
{
    public TrackedEmailDetail(TrackedEmailResponse mail, IReadOnlyList<ThreadEntry> thread, IReadOnlyList<RecipientState> recipientStates)
        : base(mail) => (Thread, RecipientStates) = (thread, recipientStates);

    /// <summary>What became of it with each recipient.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<RecipientState> RecipientStates { get; }

    /// <summary>The mails of its conversation and its answers, in the order of time, at most 200.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<ThreadEntry> Thread { get; }
}

/// <summary>What became of a mail with one recipient.</summary>
/// <param name="Address">The recipient.</param>
/// <param name="Status">responded, bounced, or open.</param>
/// <param name="RespondedAt">When they first answered.</param>
/// <param name="AutoRepliedAt">When a program first answered for them.</param>
/// <param name="BouncedAt">When it came back.</param>
internal sealed record RecipientState(
    string Address, string Status, DateTimeOffset? RespondedAt, DateTimeOffset? AutoRepliedAt, DateTimeOffset? BouncedAt)
{
    /// <summary>An answer counts more than a bounce, as for the mail.</summary>
    public static RecipientState Of(
        string address, DateTimeOffset? respondedAt, DateTimeOffset? autoRepliedAt, DateTimeOffset? bouncedAt) => new(
        address,
        respondedAt is not null ? TrackedStatus.Responded : bouncedAt is not null ? TrackedStatus.Bounced : "open",
        respondedAt,
        autoRepliedAt,
        bouncedAt);
}

/// <summary>A mail of a thread.</summary>
/// <param name="Direction">sent or received.</param>
/// <param name="Kind">sent, reply, auto-reply, bounce, calendar or reaction.</param>
/// <param name="MessageId">The provider's id of it.</param>
/// <param name="InternetMessageId">Its Message-ID.</param>
/// <param name="From">Its sender.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="At">When it was sent, or came in.</param>
/// <param name="MatchedBy">By what it was recognised as an answer: reference, conversation, subject or recipient; null
/// if it answers nothing tracked.</param>
internal sealed record ThreadEntry(
    string Direction, string Kind, string MessageId, string InternetMessageId, string? From, string Subject, DateTimeOffset At,
    string? MatchedBy);
