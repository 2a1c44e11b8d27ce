using System.Text;
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

/// <summary>What came in.</summary>
public enum MessageKind
{
    /// <summary>A mail.</summary>
    Mail,

    /// <summary>A text: SMS or MMS.</summary>
    Text,
}

/// <summary>A message read once for all the rules that are asked; each part when the first rule needs it.</summary>
internal sealed class PreparedMessage(ReceivedMessage message)
{
    private SenderAddress? _sender;
    private string? _subject;
    private string? _text;

    public MessageKind Kind => message.Kind;

    public SenderAddress Sender => _sender ??= SenderAddress.Parse(message.From);

    public string Subject => _subject ??= WhiteSpace.Collapse(message.Subject);

    public string Text => _text ??= WhiteSpace.Collapse(message.Text);

    public bool HasAttachment => message.HasAttachment;
}

/// <summary>Takes the layout out of a text.</summary>
internal static class WhiteSpace
{
    /// <summary>The text with one space for each run of white space; the same instance when that changes nothing.</summary>
    public static string Collapse(string text)
    {
        var first = FirstToChange(text);
        if (first < 0)
            return text;

        var collapsed = new StringBuilder(text.Length).Append(text, 0, first);
        var inRun = first > 0 && text[first - 1] == ' ';
        foreach (var letter in text.AsSpan(first))
        {
            var white = char.IsWhiteSpace(letter);
            if (!white)
                collapsed.Append(letter);
            else if (!inRun)
                collapsed.Append(' ');
            inRun = white;
        }

        return collapsed.ToString();
    }

    private static int FirstToChange(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsWhiteSpace(text[i]) && (text[i] != ' ' || (i > 0 && text[i - 1] == ' ')))
                return i;
        return -1;
    }
}
