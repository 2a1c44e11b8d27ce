using System.Buffers;

namespace Switchboard.Core.Rules;

/// <summary>The conditions of a rule on what the message says, made ready.</summary>
internal sealed class ContentMatcher(ContentRules rules)
{
    private readonly PhraseSet _anyOf = new(rules.AnyOf);
    private readonly PhraseSet _allOf = new(rules.AllOf);
    private readonly PhraseSet _noneOf = new(rules.NoneOf);
    private readonly ContentScope _scope = rules.Scope;
    private readonly bool? _hasAttachment = rules.HasAttachment;

    /// <summary>Whether it looks at the text or at what is attached.</summary>
    public bool LooksBeyondSubject => !IsEmpty && (_hasAttachment is not null || _scope != ContentScope.Subject);

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

/// <summary>
/// Words and phrases, made ready to be looked for, whatever their case. White space of any kind and length counts as one space, on both
/// sides: mail is wrapped at will.
/// </summary>
internal sealed class PhraseSet
{
    private readonly string[] _phrases;
    private readonly SearchValues<string>? _search;

    public PhraseSet(IReadOnlyList<string> phrases)
    {
        _phrases = [.. phrases.Select(WhiteSpace.Collapse).Where(phrase => !string.IsNullOrWhiteSpace(phrase))
            .Distinct(StringComparer.OrdinalIgnoreCase)];
        // one is found faster without
        _search = _phrases.Length > 1 ? SearchValues.Create(_phrases, StringComparison.OrdinalIgnoreCase) : null;
    }

    public bool IsEmpty => _phrases.Length == 0;

    /// <summary>Whether any of them is there.</summary>
    public bool AnyIn(PreparedMessage message, ContentScope scope) =>
        (scope != ContentScope.Body && AnyIn(message.Subject)) || (scope != ContentScope.Subject && AnyIn(message.Text));

    /// <summary>Whether each of them is there.</summary>
    public bool AllIn(PreparedMessage message, ContentScope scope)
    {
        foreach (var phrase in _phrases)
            if (!IsIn(phrase, message, scope))
                return false;
        return true;
    }

    /// <summary>Those that are there, or those that are not.</summary>
    public IReadOnlyList<string> Where(bool present, PreparedMessage message, ContentScope scope) =>
        [.. _phrases.Where(phrase => IsIn(phrase, message, scope) == present)];

    private bool AnyIn(string text) => _phrases.Length switch
    {
        0 => false,
        1 => text.Contains(_phrases[0], StringComparison.OrdinalIgnoreCase),
        _ => text.AsSpan().ContainsAny(_search!),
    };

    private static bool IsIn(string phrase, PreparedMessage message, ContentScope scope) =>
        (scope != ContentScope.Body && message.Subject.Contains(phrase, StringComparison.OrdinalIgnoreCase))
        || (scope != ContentScope.Subject && message.Text.Contains(phrase, StringComparison.OrdinalIgnoreCase));
}
