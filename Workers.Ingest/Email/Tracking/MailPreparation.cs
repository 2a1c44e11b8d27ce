using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// Makes rows of mails: which are stored at all, under which keys, until when each is waited for. Every text is made one that Postgres
/// takes and gets a limit, far above what mail programs write.
/// </summary>
/// <param name="mailbox">Whose mails they are.</param>
/// <param name="requested">Whether what was sent is tracked whatever the policy says.</param>
/// <param name="now">The time.</param>
internal sealed class MailPreparation(TrackedMailbox mailbox, bool requested, DateTimeOffset now)
{
    private const int LongestId = 2_000;
    private const int LongestSubject = 1_000;
    private const int LongestAddress = 320;
    private const int LongestCategory = 255;
    private const int MostRecipients = 500;
    private const int MostCategories = 50;

    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _owner = Address(mailbox.Address);

    /// <summary>The row of a mail; null when it is neither tracked nor may answer anything.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="error">Why it cannot be stored; null when it can or need not.</param>
    public PreparedMail? Prepare(MailEnvelope mail, out string? error)
    {
        error = null;
        if (string.IsNullOrWhiteSpace(mail.InternetMessageId) && string.IsNullOrWhiteSpace(mail.ProviderId))
            error = "It has neither a Message-ID nor an id of its provider.";
        else if (mail.At < Earliest || mail.At >= Latest)
            error = $"It has no date, or one that cannot be: {mail.At:O}.";
        else
            return mail.IsSent ? Sent(mail) : Received(mail);
        return null;
    }

    private PreparedMail? Sent(MailEnvelope mail)
    {
        string[] recipients =
        [
            .. mail.Recipients.Select(Address).Where(address => address.Length > 0).Distinct(StringComparer.Ordinal).Take(MostRecipients),
        ];
        var byPolicy = mailbox.Policy?.Tracks(mail.Categories, recipients) == true;
        if (!byPolicy && !requested)
            return null;

        var sentAt = Microseconds(mail.At);
        return new PreparedMail(
            new SentMail(
                Guid.CreateVersion7(now),
                MailKey.Of(mail),
                MailKey.OfConversation(mail.ConversationId),
                MailKey.OfSubject(SubjectKey.Of(mail.Subject)),
                Text(mail.ProviderId, LongestId),
                Text(mail.InternetMessageId.Trim(), LongestId),
                Text(mail.Subject, LongestSubject),
                recipients,
                [.. mail.Categories.Take(MostCategories).Select(category => Text(category, LongestCategory))],
                sentAt,
                sentAt.AddDays(mailbox.Policy?.WindowDays ?? TrackingPolicy.DefaultWindowDays),
                TrackingSchedule.NextReminder(mailbox.Policy?.FollowUp, mailbox.TrackingSince, sentAt, 0, null),
                byPolicy ? "policy" : "request"),
            null);
    }

    private PreparedMail? Received(MailEnvelope mail)
    {
        var sender = Address(mail.From);
        if (sender == _owner)
            return null;

        return new PreparedMail(null, new NewReceivedMail(
            MailKey.Of(mail),
            Text(mail.ProviderId, LongestId),
            Text(mail.InternetMessageId.Trim(), LongestId),
            Text(mail.Subject, LongestSubject),
            MailClassification.IsDeliveryReport(mail) ? Report(mail, sender) : Answer(mail, sender)));
    }

    private ReceivedMail Answer(MailEnvelope mail, string sender)
    {
        var subject = SubjectKey.Of(mail.Subject);
        return new ReceivedMail(
            Guid.CreateVersion7(now),
            [.. AnsweredMessages.Of(mail.Headers)],
            MailKey.OfConversation(mail.ConversationId),
            MailKey.OfSubject(subject),
            // an empty subject is that of many mails
            subject.IsAnswer && subject.Text.Length > 0,
            sender,
            MailClassification.KindOf(mail),
            [],
            Microseconds(mail.At));
    }

    // Of a mail that it names it is about that one or, where others used the owner's address, about none that is known here: what else
    // it has in common with a mail counts only where it names none.
    private ReceivedMail Report(MailEnvelope mail, string sender)
    {
        var names = AnsweredMessages.Of(mail.Report, mail.Headers);
        var subject = mail.Report?.Subject is { } shown ? SubjectKey.Of(shown) with { IsAnswer = true } : SubjectKey.Of(mail.Subject);
        var reported = mail.Report is { Recipients: { Count: > 0 } recipients }
            ? recipients
            : MailAddress.ReadAll(mail.Headers.Find("X-Failed-Recipients"));
        return new ReceivedMail(
            Guid.CreateVersion7(now),
            [.. names],
            names.Count > 0 ? null : MailKey.OfConversation(mail.ConversationId),
            MailKey.OfSubject(subject),
            names.Count == 0 && subject.IsAnswer && subject.Text.Length > 0,
            sender,
            MailClassification.KindOf(mail),
            [.. reported.Select(Address).Where(address => address.Length > 0).Distinct(StringComparer.Ordinal).Take(MostRecipients)],
            Microseconds(mail.At));
    }

    private static string Address(string address) => Text(MailAddress.Canonical(address), LongestAddress);

    private static string Text(string text, int longest) => StorableText.From(StorableText.Start(text, longest));

    // as Postgres counts: else what is compared here would differ from what is compared there
    private static DateTimeOffset Microseconds(DateTimeOffset at) =>
        new DateTimeOffset(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}

/// <summary>
/// What names a mail, a conversation or a subject, as it stands in indexes: the first 128 bits of its SHA-256. Enough to find it again,
/// and no name is too long.
/// </summary>
internal static class MailKey
{
    /// <summary>Of a mail: of its Message-ID; of its provider's id when it has none that tells it from others.</summary>
    public static Guid Of(MailEnvelope mail) =>
        IsName(mail.InternetMessageId) ? OfMessageId(mail.InternetMessageId) : Hash($"provider:{mail.ProviderId}");

    /// <summary>Whether a Message-ID names one mail: something stands before its <c>@</c>. Some programs write <c>&lt;&gt;</c>, or their
    /// server's name alone.</summary>
    public static bool IsName(string? messageId)
    {
        var id = messageId.AsSpan().Trim().Trim("<>");
        foreach (var letter in id[..(id.LastIndexOf('@') is var at and >= 0 ? at : id.Length)])
            if (char.IsLetterOrDigit(letter))
                return true;
        return false;
    }

    /// <summary>Of a Message-ID, with or without its angle brackets. Its case counts (RFC 5322, 3.6.4).</summary>
    public static Guid OfMessageId(string messageId)
    {
        var id = messageId.Trim();
        return Hash(id.StartsWith('<') ? id : $"<{id}>");
    }

    /// <summary>Of the provider's id of a conversation; null where there is none.</summary>
    public static Guid? OfConversation(string? conversationId) =>
        string.IsNullOrWhiteSpace(conversationId) ? null : Hash(conversationId.Trim());

    /// <summary>Of a subject.</summary>
    public static Guid OfSubject(SubjectKey subject) => Hash(subject.Text);

    private static Guid Hash(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return new Guid(hash[..16], bigEndian: true);
    }
}

/// <summary>A mail that is to be stored: one of the two is there.</summary>
internal readonly record struct PreparedMail(SentMail? Sent, NewReceivedMail? Received)
{
    public string ProviderId => Sent?.ProviderId ?? Received!.ProviderId;

    /// <summary>Tells mails of a call apart.</summary>
    public (bool IsSent, Guid Key) Identity => (Sent is not null, Sent?.Key ?? Received!.Key);
}

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

/// <summary>A mail that came in and is not stored yet.</summary>
internal sealed record NewReceivedMail(Guid Key, string ProviderId, string InternetMessageId, string Subject, ReceivedMail Mail);

/// <summary>A mail that came in, as it is stored, with all that decides what it answers.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Names">The keys of the mails that it names, the nearest first.</param>
/// <param name="ConversationKey">Of its conversation; null where there is none.</param>
/// <param name="SubjectKey">Of its subject.</param>
/// <param name="IsAnswerSubject">Whether its subject begins as that of an answer does, and says something.</param>
/// <param name="Sender">Who wrote it, in lower case.</param>
/// <param name="Kind">What it is: one of <see cref="MailKind"/>.</param>
/// <param name="Reported">Of a delivery report, the recipients of whom it tells; empty where it names none.</param>
/// <param name="ReceivedAt">When it came in.</param>
internal sealed record ReceivedMail(
    Guid Id,
    Guid[] Names,
    Guid? ConversationKey,
    Guid SubjectKey,
    bool IsAnswerSubject,
    string Sender,
    string Kind,
    string[] Reported,
    DateTimeOffset ReceivedAt)
{
    /// <summary>Whether its recipients alone say what it is about, and when it came.</summary>
    public bool IsByRecipient => Reported.Length > 0 && Names.Length == 0 && !IsAnswerSubject;

    /// <summary>Whether it comes from, or tells of, one of those to whom a mail was sent.</summary>
    public bool IsOf(IReadOnlyList<string> recipients) =>
        Reported.Length > 0 ? recipients.Intersect(Reported).Any() : recipients.Contains(Sender);
}
