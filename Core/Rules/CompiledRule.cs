namespace Switchboard.Core.Rules;

/// <summary>
/// A rule made ready. A part without conditions restricts nothing; a rule whose type looks only at parts without any matches
/// nothing: a form left empty must not send every mail and text.
/// </summary>
internal sealed class CompiledRule
{
    private readonly SenderMatcher? _sender;
    private readonly ContentMatcher? _content;

    public CompiledRule(Rule rule)
    {
        Rule = rule;
        _sender = rule.Type != RuleType.Content && new SenderMatcher(rule.Sender) is { IsEmpty: false } sender ? sender : null;
        _content = rule.Type != RuleType.Sender && new ContentMatcher(rule.Content) is { IsEmpty: false } content ? content : null;
    }

    public Rule Rule { get; }

    public bool Matches(PreparedMessage message, List<string>? reasons = null)
    {
        if (_sender is null && _content is null)
        {
            reasons?.Add("The rule has no condition, so it matches nothing.");
            return false;
        }

        var bySender = _sender?.Matches(message, reasons) ?? true;
        return (bySender || reasons is not null) && (_content?.Matches(message, reasons) ?? true) && bySender;
    }
}
