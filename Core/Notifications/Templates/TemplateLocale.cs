using System.Text.RegularExpressions;

namespace Switchboard.Core.Notifications.Templates;

/// <summary>The languages of templates and recipients: <c>de-AT</c>, <c>de</c> (BCP 47: language, script, region).</summary>
public static partial class TemplateLocale
{
    /// <summary>What is wrong with one that is not in this form.</summary>
    public const string FormatError = "It must be a language, with a script or a region if you like: de, de-AT, zh-Hant-TW.";

    /// <summary>Whether it is written in this form.</summary>
    public static bool IsValid(string locale) => Form().IsMatch(locale);

    /// <summary>Where to look for a language, in order: itself, its bases, and null for the default.</summary>
    public static IEnumerable<string?> Fallbacks(string? locale)
    {
        while (!string.IsNullOrEmpty(locale))
        {
            yield return locale;
            locale = locale.LastIndexOf('-') is var end and > 0 ? locale[..end] : null;
        }

        yield return null;
    }

    [GeneratedRegex(@"\A[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
