namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>A mail of an account as it was read from its provider, sent or received; never its text.</summary>
/// <param name="ProviderId">The provider's id of the mail.</param>
/// <param name="InternetMessageId">Its Message-ID, in angle brackets; empty when it has none.</param>
/// <param name="ConversationId">The provider's id of its conversation.</param>
/// <param name="IsSent">Whether its owner sent it; else it came in.</param>
/// <param name="From">The sender's address.</param>
/// <param name="Recipients">Whom it went to: to, cc, bcc, in this order.</param>
/// <param name="Subject">Its subject; may be empty.</param>
/// <param name="At">When it was sent, or came in.</param>
/// <param name="Categories">The categories that its owner gave it.</param>
/// <param name="Headers">The headers that there are, in their order; of sent mail mostly none.</param>
/// <param name="Form">What more its provider shows of what came in.</param>
/// <param name="Report">What it says of deliveries; null when it is no report, or was not read as one.</param>
internal sealed record MailEnvelope(
    string ProviderId,
    string InternetMessageId,
    string? ConversationId,
    bool IsSent,
    string From,
    IReadOnlyList<string> Recipients,
    string Subject,
    DateTimeOffset At,
    IReadOnlyList<string> Categories,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    MailForm Form = default,
    DeliveryReport? Report = null);

/// <summary>What a mail is made of, as far as its provider shows it without its text.</summary>
/// <param name="PartTypes">The <c>Content-Type</c> of each of its parts.</param>
/// <param name="Preview">How its text begins.</param>
internal readonly record struct MailForm(IReadOnlyList<string>? PartTypes, string? Preview);

/// <summary>Looks up headers, whose names have no case.</summary>
internal static class HeaderExtensions
{
    /// <summary>The value of the first header of a name; null when there is none.</summary>
    public static string? Find(this IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        for (var i = 0; i < headers.Count; i++)
            if (headers[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return headers[i].Value;
        return null;
    }
}

/// <summary>Whose mail is recorded, and what of it is tracked.</summary>
/// <param name="Id">The account, a row in <c>mailboxes</c>.</param>
/// <param name="UserId">Its user.</param>
/// <param name="Address">Its address: what comes from it answers nothing.</param>
/// <param name="Policy">What is tracked; null: only what is asked for.</param>
/// <param name="TrackingSince">Mail sent before gets no reminders.</param>
internal sealed record TrackedMailbox(Guid Id, Guid UserId, string Address, TrackingPolicy? Policy, DateTimeOffset? TrackingSince);

/// <summary>What became of mails that were to be recorded.</summary>
/// <param name="Tracked">How many sent mails are tracked that were not before.</param>
/// <param name="Failed">Those that could not be recorded, each with the reason; all others are safe.</param>
internal sealed record RecordedMails(int Tracked, IReadOnlyList<FailedMail> Failed);

/// <summary>A mail that could not be read or recorded.</summary>
/// <param name="ProviderId">The provider's id of the mail.</param>
/// <param name="Error">Why.</param>
internal sealed record FailedMail(string ProviderId, string Error);
