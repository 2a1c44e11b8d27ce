using System.Globalization;
using System.Text;

namespace Switchboard.Simulator.Google;

/// <summary>
/// What is said in audio that the simulator makes: a mark near its beginning, <c>%SAYS</c>, the length in four hexadecimal digits, a
/// colon and the words in UTF-8. Nothing else has to be kept for the words to be found again.
/// </summary>
internal static class SpokenWords
{
    private const int LengthSize = 4;

    private static ReadOnlySpan<byte> Name => "%SAYS"u8;

    /// <summary>The mark; empty for silence.</summary>
    public static byte[] Mark(string? words)
    {
        if (string.IsNullOrEmpty(words))
        {
            return [];
        }

        var text = Encoding.UTF8.GetBytes(words);
        return [.. Name, .. Encoding.ASCII.GetBytes(text.Length.ToString("x4", CultureInfo.InvariantCulture)), (byte)':', .. text];
    }

    /// <summary>The words of the first whole mark; null when there is none.</summary>
    public static string? Find(ReadOnlySpan<byte> audio)
    {
        for (var at = audio.IndexOf(Name); at >= 0; at = audio.IndexOf(Name))
        {
            audio = audio[(at + Name.Length)..];
            if (audio.Length > LengthSize
                && audio[LengthSize] == ':'
                && int.TryParse(audio[..LengthSize], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length)
                && audio.Length >= LengthSize + 1 + length)
            {
                return Encoding.UTF8.GetString(audio.Slice(LengthSize + 1, length));
            }
        }

        return null;
    }
}
