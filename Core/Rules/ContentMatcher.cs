namespace Switchboard.Core.Rules;

/// <summary>The conditions of a rule on what the mail says, made ready.</summary>
internal sealed class ContentMatcher(ContentRules rules)
{
    private readonly PhraseSet _anyOf = new(rules.AnyOf);
    private readonly PhraseSet _allOf = new(rules.AllOf);
    private readonly PhraseSet _noneOf = new(rules.NoneOf);
    private readonly ContentScope _scope = rules.Scope;
    private readonly bool? _hasAttachment = rules.HasAttachment;

    public bool IsEmpty => _anyOf.IsEmpty && _allOf.IsEmpty && _noneOf.IsEmpty && _hasAttachment is null;

    /// <summary>Whether the mail says what the rule wants; the reasons, all of them, only for one who wants them.</summary>
    public bool Matches(PreparedMail mail, List<string>? reasons)
    {
        var matches = (_hasAttachment is null || _hasAttachment == mail.HasAttachment)
            && (_anyOf.IsEmpty || _anyOf.AnyIn(mail, _scope))
            && _allOf.AllIn(mail, _scope)
            && !_noneOf.AnyIn(mail, _scope);
        if (reasons is not null)
            Explain(mail, reasons);
        return matches;
    }

    private void Explain(PreparedMail mail, List<string> reasons)
    {
        var where = _scope switch
        {
            ContentScope.Subject => "the subject",
            ContentScope.Body => "the text",
            _ => "the subject or text",
        };
        if (_hasAttachment is not null)
            reasons.Add($"The mail has {(mail.HasAttachment ? "an" : "no")} attachment, and the rule wants {(_hasAttachment.Value ? "one" : "none")}.");
        if (!_anyOf.IsEmpty)
            reasons.Add(_anyOf.Where(present: true, mail, _scope) is { Count: > 0 } found
                ? $"Found in {where}: {Quote(found)}."
                : $"None of those of which one is wanted is in {where}.");
        if (!_allOf.IsEmpty)
            reasons.Add(_allOf.Where(present: false, mail, _scope) is { Count: > 0 } missing
                ? $"Missing in {where}: {Quote(missing)}."
                : $"All that are wanted are in {where}.");
        if (!_noneOf.IsEmpty)
            reasons.Add(_noneOf.Where(present: true, mail, _scope) is { Count: > 0 } unwanted
                ? $"Unwanted in {where}: {Quote(unwanted)}."
                : $"Nothing unwanted is in {where}.");
    }

    private static string Quote(IEnumerable<string> phrases) => string.Join(", ", phrases.Select(phrase => $"'{phrase}'"));
}
