using System.Text;

namespace Switchboard.Core.Rules;

/// <summary>Takes the layout out of a text.</summary>
internal static class WhiteSpace
{
    /// <summary>The text with one space for each run of white space; the same instance when that changes nothing.</summary>
    public static string Collapse(string text)
    {
        var first = FirstToChange(text);
        if (first < 0)
            return text;

        var collapsed = new StringBuilder(text.Length).Append(text, 0, first);
        var inRun = first > 0 && text[first - 1] == ' ';
        foreach (var letter in text.AsSpan(first))
        {
            var white = char.IsWhiteSpace(letter);
            if (!white)
                collapsed.Append(letter);
            else if (!inRun)
                collapsed.Append(' ');
            inRun = white;
        }

        return collapsed.ToString();
    }

    private static int FirstToChange(string text)
    {
        for (var i = 0; i < text.Length; i++)
            if (char.IsWhiteSpace(text[i]) && (text[i] != ' ' || (i > 0 && text[i - 1] == ' ')))
                return i;
        return -1;
    }
}
