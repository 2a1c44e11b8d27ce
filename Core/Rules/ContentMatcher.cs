namespace Switchboard.Core.Rules;

/// <summary>The conditions of a rule on what the message says, made ready.</summary>
internal sealed class ContentMatcher(ContentRules rules, PhraseNumbers phrases)
{
    private readonly PhraseSet _anyOf = new(rules.AnyOf, phrases);
    private readonly PhraseSet _allOf = new(rules.AllOf, phrases);
    private readonly PhraseSet _noneOf = new(rules.NoneOf, phrases);

    /// <summary>Whether it looks at the text or at what is attached.</summary>
    public bool LooksBeyondSubject => !IsEmpty && (rules.HasAttachment is not null || rules.Scope != ContentScope.Subject);

    public bool IsEmpty => _anyOf.IsEmpty && _allOf.IsEmpty && _noneOf.IsEmpty && rules.HasAttachment is null;

    /// <summary>Whether the message says what the rule wants; all the reasons, if they are wanted.</summary>
    public bool Matches(PreparedMessage message, List<string>? reasons)
    {
        bool Has(int phrase) => message.Has(phrase, rules.Scope, rules.Include);
        var matches = (rules.HasAttachment is null || rules.HasAttachment == message.HasAttachment)
            && (_anyOf.IsEmpty || _anyOf.Any(Has))
            && _allOf.All(Has)
            && !_noneOf.Any(Has);
        if (reasons is not null)
            Explain(message, Has, reasons);
        return matches;
    }

    private void Explain(PreparedMessage message, Func<int, bool> has, List<string> reasons)
    {
        var where = rules.Scope switch
        {
            ContentScope.Subject => "the subject",
            ContentScope.Body => "the text",
            _ => "the subject or text",
        };
        if (rules.HasAttachment is { } wanted)
            reasons.Add(
                $"The {(message.Kind == MessageKind.Text ? "SMS" : "mail")} has {(message.HasAttachment ? "an" : "no")} attachment, " +
                $"and the rule wants {(wanted ? "one" : "none")}.");
        if (!_anyOf.IsEmpty)
            reasons.Add(_anyOf.Where(has) is { Count: > 0 } found
                ? $"Found in {where}: {Quote(found)}."
                : $"None of the words of anyOf is in {where}.");
        if (!_allOf.IsEmpty)
            reasons.Add(_allOf.Where(phrase => !has(phrase)) is { Count: > 0 } missing
                ? $"Words of allOf missing in {where}: {Quote(missing)}."
                : $"All words of allOf are in {where}.");
        if (!_noneOf.IsEmpty)
            reasons.Add(_noneOf.Where(has) is { Count: > 0 } unwanted
                ? $"Words of noneOf found in {where}: {Quote(unwanted)}."
                : $"None of the words of noneOf is in {where}.");
    }

    private static string Quote(IEnumerable<string> phrases) => string.Join(", ", phrases.Select(phrase => $"'{phrase}'"));
}

/// <summary>Words and phrases of one condition, by their numbers among all of their user.</summary>
internal sealed class PhraseSet(IReadOnlyList<string> phrases, PhraseNumbers numbers)
{
    private readonly (int Number, string Phrase)[] _phrases =
    [
        .. phrases.Select(phrase => (Number: numbers.Of(phrase), Phrase: phrase.Trim())).Where(phrase => phrase.Number is not null)
            .Select(phrase => (phrase.Number!.Value, phrase.Phrase)).DistinctBy(phrase => phrase.Value),
    ];

    public bool IsEmpty => _phrases.Length == 0;

    public bool Any(Func<int, bool> has) => Array.Exists(_phrases, phrase => has(phrase.Number));

    public bool All(Func<int, bool> has) => Array.TrueForAll(_phrases, phrase => has(phrase.Number));

    /// <summary>Those of which it holds, as their rule has them.</summary>
    public IReadOnlyList<string> Where(Func<int, bool> holds) =>
        [.. _phrases.Where(phrase => holds(phrase.Number)).Select(phrase => phrase.Phrase)];
}
