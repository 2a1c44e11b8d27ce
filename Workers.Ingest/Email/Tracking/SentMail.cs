namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>A sent mail that is to be tracked, as it is stored.</summary>
internal sealed record SentMail(
    Guid Id,
    Guid Key,
    Guid? ConversationKey,
    Guid SubjectKey,
    string ProviderId,
    string InternetMessageId,
    string Subject,
    IReadOnlyList<string> Recipients,
    IReadOnlyList<string> Categories,
    DateTimeOffset SentAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RemindAt,
    string TrackedBy)
{
    /// <summary>The first recipient; empty when there is none.</summary>
    public string Recipient => Recipients.Count > 0 ? Recipients[0] : "";

    /// <summary>What follows the last <c>@</c> of the first recipient; empty when there is none.</summary>
    public string RecipientDomain => Recipient[(Recipient.LastIndexOf('@') is var at and >= 0 ? at + 1 : Recipient.Length)..];
}
