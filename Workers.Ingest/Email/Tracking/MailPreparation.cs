using Switchboard.Core.Email;
using Switchboard.Core.Notifications;

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
        string[] recipients = [.. mail.Recipients.Select(Address).Where(address => address.Length > 0).Distinct(StringComparer.Ordinal).Take(MostRecipients)];
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

        var subject = SubjectKey.Of(mail.Subject);
        return new PreparedMail(null, new NewReceivedMail(
            MailKey.Of(mail),
            Text(mail.ProviderId, LongestId),
            Text(mail.InternetMessageId.Trim(), LongestId),
            Text(mail.Subject, LongestSubject),
            new ReceivedMail(
                Guid.CreateVersion7(now),
                [.. AnsweredMessages.Of(mail.Headers)],
                MailKey.OfConversation(mail.ConversationId),
                MailKey.OfSubject(subject),
                // an empty subject is that of many mails
                subject.IsAnswer && subject.Text.Length > 0,
                sender,
                MailClassification.KindOf(mail),
                Microseconds(mail.At))));
    }

    private static string Address(string address) => Text(MailAddress.Canonical(address), LongestAddress);

    // what a cut leaves of a pair of surrogates is made storable too
    private static string Text(string text, int longest) => StorableText.From(text.Length > longest ? text[..longest] : text);

    // as Postgres counts: else what is compared here would differ from what is compared there
    private static DateTimeOffset Microseconds(DateTimeOffset at) =>
        new DateTimeOffset(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
