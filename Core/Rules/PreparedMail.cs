using Switchboard.Core.Email;

namespace Switchboard.Core.Rules;

/// <summary>A mail read once for all the rules that are asked; each part when the first rule needs it.</summary>
internal sealed class PreparedMail(InboundMail mail)
{
    private SenderAddress? _sender;
    private string? _subject;
    private string? _text;

    public SenderAddress Sender => _sender ??= SenderAddress.Parse(mail.From);

    public string Subject => _subject ??= WhiteSpace.Collapse(mail.Subject);

    public string Text => _text ??= WhiteSpace.Collapse(mail.Text);

    public bool HasAttachment => mail.Attachments is { Count: > 0 };
}
