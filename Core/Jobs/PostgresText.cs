using System.Text;

namespace Switchboard.Core.Jobs;

/// <summary>Makes any string one that Postgres takes: it has no NUL, and no half of a surrogate pair.</summary>
internal static class PostgresText
{
    /// <summary>An error longer than this is cut: all errors of a job travel in one header of its message.</summary>
    public const int MaxErrorLength = 1000;

    public static string Clean(string text)
    {
        if (!text.Contains('\0', StringComparison.Ordinal) && !text.Any(char.IsSurrogate))
            return text;
        var clean = new StringBuilder(text.Length);
        // halves come out of the enumeration as U+FFFD already
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }

    public static string CleanError(string error) => Clean(error.Length <= MaxErrorLength ? error : error[..(MaxErrorLength - 1)] + "…");
}
