using Switchboard.Core.Email;

namespace Switchboard.Core.Rules;

/// <summary>What rules look at and their templates can say, whatever it came as.</summary>
/// <param name="Kind">What it came as.</param>
/// <param name="From">The sender: of a mail its From header, of a text the number in E.164.</param>
/// <param name="To">The recipient.</param>
/// <param name="Subject">The subject; a text has none.</param>
/// <param name="Text">What it says; of a text also what is said in its audio, below.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="HasAttachment">Whether a file came with it.</param>
public sealed record ReceivedMessage(
    MessageKind Kind, string From, string To, string Subject, string Text, DateTimeOffset ReceivedAt, bool HasAttachment)
{
    /// <summary>A mail.</summary>
    public static ReceivedMessage Mail(InboundMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return new(
            MessageKind.Mail, mail.From, mail.To, mail.Subject, mail.Text, mail.ReceivedAt, mail.Attachments is { Count: > 0 });
    }

    /// <summary>A text.</summary>
    /// <param name="from">Who sent it, a number in E.164.</param>
    /// <param name="to">The number that it was sent to.</param>
    /// <param name="body">What it says; may be empty.</param>
    /// <param name="receivedAt">When it was received.</param>
    /// <param name="hasMedia">Whether a media file came with it.</param>
    /// <param name="transcripts">What is said in its audio, file by file.</param>
    public static ReceivedMessage Sms(
        string from, string to, string body, DateTimeOffset receivedAt, bool hasMedia, params IEnumerable<string> transcripts) =>
        new(
            MessageKind.Text, from, to, "", string.Join('\n', transcripts.Prepend(body).Where(part => part.Length > 0)), receivedAt, hasMedia);
}
