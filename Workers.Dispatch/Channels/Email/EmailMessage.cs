using MimeKit;
using Switchboard.Core.Email;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Channels.Email;

/// <summary>
/// Makes a mail (RFC 5322) of a notification. However often it is made it has the same Message-ID and date, so that who gets it twice can
/// tell. Nothing of a notification can end a header and begin another: what is no letter is made a space.
/// </summary>
internal sealed class EmailMessage(SmtpOptions options)
{
    private const int LongestSubject = 500;
    private const int LongestFirstLine = 120;
    private const string NoSubject = "Notification";

    private readonly MailboxAddress _from = new(Line(options.FromName ?? ""), options.From!);
    private readonly string _domain = DomainOf(options);

    /// <summary>Makes the mail.</summary>
    /// <param name="message">The notification.</param>
    /// <param name="recipient">Its recipient.</param>
    /// <param name="attachments">Its files.</param>
    public MimeMessage Make(ChannelMessage message, MailboxAddress recipient, IReadOnlyList<MimePart> attachments)
    {
        var content = message.Content;
        var body = new BodyBuilder { TextBody = Text(message.Body), HtmlBody = content?.Html };
        foreach (var attachment in attachments)
            body.Attachments.Add(attachment);

        var mail = new MimeMessage([_from], [recipient], Subject(message), body.ToMessageBody())
        {
            MessageId = NotificationMail.MessageId(message.NotificationId, _domain),
            Date = message.DueAt,
        };
        if (!string.IsNullOrWhiteSpace(options.ReplyTo))
            mail.ReplyTo.Add(new MailboxAddress("", options.ReplyTo));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add(NotificationMail.IdHeader, message.NotificationId.ToString());
        if (Uri.TryCreate(content?.UnsubscribeUrl, UriKind.Absolute, out var page) && page.Scheme is "https" or "http")
        {
            mail.Headers.Add(HeaderId.ListUnsubscribe, $"<{page.AbsoluteUri}>");
            mail.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }

        return mail;
    }

    /// <summary>Where a mail comes back to.</summary>
    public MailboxAddress Sender(Guid notificationId) => string.IsNullOrWhiteSpace(options.BounceAddress)
        ? _from
        : new MailboxAddress("", NotificationMail.BounceAddress(options.BounceAddress, notificationId));

    /// <summary>A text on one line, without what controls.</summary>
    public static string Line(string text) =>
        string.Join(' ', new string([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter)])
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Text(string body) => StorableText.Cut(body, Core.Notifications.Channels.EmailChannel.MaxLength);

    // a plain text has none: its first line, as people begin a mail
    private static string Subject(ChannelMessage message)
    {
        if (message.Content?.Subject is { } subject && Line(subject) is { Length: > 0 } said)
            return StorableText.Cut(said, LongestSubject);
        var first = message.Body.Split(['\r', '\n']).Select(Line).FirstOrDefault(line => line.Length > 0);
        return first is null ? NoSubject : StorableText.Cut(first, LongestFirstLine);
    }

    private static string DomainOf(SmtpOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.MessageIdDomain))
            return options.MessageIdDomain;
        var address = MailboxAddress.EncodeAddrspec(options.From!);
        return address[(address.LastIndexOf('@') + 1)..];
    }
}
