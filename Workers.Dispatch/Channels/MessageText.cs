namespace Switchboard.Workers.Dispatch.Channels;

/// <summary>Fits a notification's text to what a channel takes.</summary>
internal static class MessageText
{
    /// <summary>The text, or as much of it as leaves room for an ellipsis; never half of a surrogate pair.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The longest that is taken, in UTF-16 units.</param>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var end = length - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }
}
