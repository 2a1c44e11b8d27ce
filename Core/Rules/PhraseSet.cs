using System.Buffers;

namespace Switchboard.Core.Rules;

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
