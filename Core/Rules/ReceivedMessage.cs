using Switchboard.Core.Email;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Rules;

/// <summary>What rules look at and their templates can say, whatever it came as.</summary>
/// <param name="Kind">Whether it is a mail or an SMS.</param>
/// <param name="From">The sender: of a mail its From header, of an SMS the number in E.164.</param>
/// <param name="To">The recipient.</param>
/// <param name="Subject">The subject; an SMS has none.</param>
/// <param name="Text">What it says; of an SMS also what is said in its audio, below. What follows its first
/// <see cref="MaxText"/> characters is not read.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="HasAttachment">Whether a file came with it.</param>
public sealed record ReceivedMessage(
    MessageKind Kind, string From, string To, string Subject, string Text, DateTimeOffset ReceivedAt, bool HasAttachment)
{
    /// <summary>How much of a text rules look at and show, in characters.</summary>
    public const int MaxText = 65_536;

    /// <summary>What its sender says in it: of a mail its text without the history that it quotes and without a signature.</summary>
    public string NewText { get; } = Kind == MessageKind.Mail ? QuotedText.Without(Subject, Text) : AsFarAsRead(Text);

    /// <summary>What of a text is read.</summary>
    internal static string AsFarAsRead(string text) => StorableText.Start(text, MaxText);

    /// <summary>A mail.</summary>
    public static ReceivedMessage Mail(InboundMail mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return new(
            MessageKind.Mail, mail.From, mail.To, mail.Subject, mail.Text, mail.ReceivedAt, mail.Attachments is { Count: > 0 });
    }

    /// <summary>An SMS.</summary>
    /// <param name="from">The sender's number in E.164.</param>
    /// <param name="to">The number that it was sent to.</param>
    /// <param name="body">What it says; may be empty.</param>
    /// <param name="receivedAt">When it was received.</param>
    /// <param name="hasMedia">Whether a media file came with it.</param>
    /// <param name="transcripts">What is said in its audio, file by file.</param>
    public static ReceivedMessage Sms(
        string from, string to, string body, DateTimeOffset receivedAt, bool hasMedia, params IEnumerable<string> transcripts) =>
        new(
            MessageKind.Text, from, to, "", string.Join('\n', transcripts.Prepend(body).Where(part => part.Length > 0)), receivedAt,
            hasMedia);
}

/// <summary>Whether a message is a mail or an SMS.</summary>
public enum MessageKind
{
    /// <summary>A mail.</summary>
    Mail,

    /// <summary>An SMS or MMS.</summary>
    Text,
}

/// <summary>
/// A message read once for all the rules, each part when the first rule needs it: the phrases of all of them are looked for
/// in one pass.
/// </summary>
internal sealed class PreparedMessage(ReceivedMessage message, PhraseIndex phrases)
{
    private SenderAddress? _sender;
    private PhraseHits? _subject;
    private PhraseHits? _newText;
    private PhraseHits? _everything;

    public MessageKind Kind => message.Kind;

    public SenderAddress Sender => _sender ??= SenderAddress.Parse(message.From);

    public bool HasAttachment => message.HasAttachment;

    /// <summary>How many steps all looking has taken.</summary>
    public int Steps =>
        (_subject?.Steps ?? 0) + (_newText?.Steps ?? 0) + (ReferenceEquals(_everything, _newText) ? 0 : _everything?.Steps ?? 0);

    /// <summary>Whether the message says a phrase there.</summary>
    public bool Has(int phrase, ContentScope scope, ContentInclude include) =>
        (scope != ContentScope.Body && Subject.Has(phrase))
        || (scope != ContentScope.Subject && (include == ContentInclude.Everything ? Everything : NewText).Has(phrase));

    private PhraseHits Subject => _subject ??= Find(message.Subject);

    private PhraseHits NewText => _newText ??= Find(message.NewText);

    private PhraseHits Everything => _everything ??= ReferenceEquals(message.NewText, message.Text) ? NewText : Find(message.Text);

    private PhraseHits Find(string text) => phrases.Find(FoldedText.Of(ReceivedMessage.AsFarAsRead(text)));
}
