using System.Buffers;
using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>A recipient: <c>ann@contoso.test</c>, or every address of <c>contoso.test</c> or <c>@contoso.test</c>.</summary>
internal static class RecipientFilter
{
    public const int MaxLength = 320;

    /// <summary>A canonical address (<see cref="MailAddress"/>), or @ and a domain; null when it says neither.</summary>
    public static string? Of(string? recipient)
    {
        if (recipient?.Trim() is not { Length: > 0 and <= MaxLength } written)
            return null;
        var wanted = written.Contains('@', StringComparison.Ordinal) ? MailAddress.Canonical(written) : MailAddress.CanonicalDomain(written);
        var domain = wanted[(wanted.LastIndexOf('@') + 1)..];
        if (domain.Length == 0)
            return null;
        return domain.Length == wanted.Length ? $"@{domain}" : wanted;
    }
}

/// <summary>
/// What is searched for in subjects: words, each as the beginning of a word. All else is punctuation, wildcards and quotes included; the
/// function <c>tracked_subject_words</c> knows the same.
/// </summary>
internal static class SubjectSearch
{
    public const int MaxLength = 200;
    public const int MaxWords = 10;

    /// <summary>What stands between words.</summary>
    public const string Punctuation =
        "\t\n\r !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u00A0¡§«¶·»¿‐‑‒–—―‘’‚“”„•…‹›\u3000、。";

    private static readonly SearchValues<char> Separators = SearchValues.Create(Punctuation);

    /// <summary>How many words there are.</summary>
    public static int CountWords(string search)
    {
        var count = 0;
        var rest = search.AsSpan();
        while (rest.IndexOfAnyExcept(Separators) is >= 0 and var start)
        {
            count++;
            rest = rest[start..];
            rest = rest.IndexOfAny(Separators) is >= 0 and var end ? rest[end..] : default;
        }

        return count;
    }
}
