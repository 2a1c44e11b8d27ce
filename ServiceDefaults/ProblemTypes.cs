using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Switchboard.ServiceDefaults;

/// <summary>
/// The <c>type</c> of a problem (RFC 9457, 3.1.1): <c>urn:switchboard:problem:&lt;slug&gt;</c>, the slug in kebab-case.
/// It names the kind of a problem, never changes, and is what a client compares; it leads nowhere.
/// </summary>
public static class ProblemTypes
{
    /// <summary>What every type begins with.</summary>
    public const string Prefix = "urn:switchboard:problem:";

    /// <summary>The type of a slug, such as <c>idempotency-key-reused</c>.</summary>
    public static string Of(string slug) => Prefix + slug;

    /// <summary>The type where the status says it all: <c>…:not-found</c> for 404.</summary>
    public static string Of(int status) =>
        Of(Slug(ReasonPhrases.GetReasonPhrase(status)) is { Length: > 0 } slug ? slug : $"status-{status}");

    /// <summary>A type of the product stays; any other (the framework's links to RFC 9110) gives way to that of the status.</summary>
    public static string OrDefault(string? type, int status) =>
        type?.StartsWith(Prefix, StringComparison.Ordinal) is true ? type : Of(status);

    // "I'm a teapot" -> im-a-teapot
    private static string Slug(string phrase)
    {
        var slug = new StringBuilder(phrase.Length);
        foreach (var c in phrase)
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(char.ToLowerInvariant(c));
            else if (c is ' ' or '-')
                slug.Append('-');
        return slug.ToString();
    }
}
