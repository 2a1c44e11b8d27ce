namespace Switchboard.Core.Rules;

/// <summary>The conditions of a rule on what the message says, made ready.</summary>
internal sealed class ContentMatcher(ContentRules rules)
{
    private readonly PhraseSet _anyOf = new(rules.AnyOf);
    private readonly PhraseSet _allOf = new(rules.AllOf);
    private readonly PhraseSet _noneOf = new(rules.NoneOf);
    private readonly ContentScope _scope = rules.Scope;
    private readonly bool? _hasAttachment = rules.HasAttachment;

    public bool IsEmpty => _anyOf.IsEmpty && _allOf.IsEmpty && _noneOf.IsEmpty && _hasAttachment is null;

    /// <summary>Whether the message says what the rule wants; the reasons, all of them, only for one who wants them.</summary>
    public bool Matches(PreparedMessage message, List<string>? reasons)
    {
        var matches = (_hasAttachment is null || _hasAttachment == message.HasAttachment)
            && (_anyOf.IsEmpty || _anyOf.AnyIn(message, _scope))
            && _allOf.AllIn(message, _scope)
            && !_noneOf.AnyIn(message, _scope);
        if (reasons is not null)
            Explain(message, reasons);
        return matches;
    }

    private void Explain(PreparedMessage message, List<string> reasons)
    {
        var where = _scope switch
        {
            ContentScope.Subject => "the subject",
            ContentScope.Body => "the text",
            _ => "the subject or text",
        };
        if (_hasAttachment is not null)
            reasons.Add(
                $"The {(message.Kind == MessageKind.Text ? "text" : "mail")} has {(message.HasAttachment ? "an" : "no")} attachment, " +
                $"and the rule wants {(_hasAttachment.Value ? "one" : "none")}.");
        if (!_anyOf.IsEmpty)
            reasons.Add(_anyOf.Where(present: true, message, _scope) is { Count: > 0 } found
                ? $"Found in {where}: {Quote(found)}."
                : $"None of those of which one is wanted is in {where}.");
        if (!_allOf.IsEmpty)
            reasons.Add(_allOf.Where(present: false, message, _scope) is { Count: > 0 } missing
                ? $"Missing in {where}: {Quote(missing)}."
                : $"All that are wanted are in {where}.");
        if (!_noneOf.IsEmpty)
            reasons.Add(_noneOf.Where(present: true, message, _scope) is { Count: > 0 } unwanted
                ? $"Unwanted in {where}: {Quote(unwanted)}."
                : $"Nothing unwanted is in {where}.");
    }

    private static string Quote(IEnumerable<string> phrases) => string.Join(", ", phrases.Select(phrase => $"'{phrase}'"));
}
