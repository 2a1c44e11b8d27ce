namespace Switchboard.Core.Rules;

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
