namespace Switchboard.Core.Rules;

/// <summary>
/// Patterns with <c>*</c> for any run of characters, also none, and <c>?</c> for exactly one. At worst the time is the product of both
/// lengths: only the last star is ever tried again, because a later match of an earlier one can find nothing more.
/// </summary>
public static class Wildcard
{
    /// <summary>Whether the whole text fits the pattern. Compares ordinally: both sides are lower case already.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && pattern[p] == '?')
            {
                p++;
                // an emoji is one character, though two units
                t += char.IsHighSurrogate(text[t]) && t + 1 < text.Length && char.IsLowSurrogate(text[t + 1]) ? 2 : 1;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
                return false;
        }

        return pattern[p..].Trim('*').IsEmpty;
    }
}
