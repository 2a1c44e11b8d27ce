using System.Buffers;
using System.Text;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Notifications;

/// <summary>What a channel's provider counts in.</summary>
public enum LengthUnit
{
    /// <summary>UTF-16 units: an emoji is two or more.</summary>
    Characters,

    /// <summary>Bytes of UTF-8.</summary>
    Bytes,

    /// <summary>What an SMS carries: characters of GSM-7 (some count twice) as long as there are no others, else UTF-16 units.</summary>
    SmsCharacters,
}

/// <summary>How long a text is, as its channel's provider counts it.</summary>
/// <param name="Length">How long.</param>
/// <param name="Limit">How long it may be.</param>
/// <param name="Unit">In what.</param>
/// <param name="Segments">Of SMS, in how many parts it is sent, each of which is paid for.</param>
public readonly record struct MessageLength(int Length, int Limit, LengthUnit Unit, int? Segments)
{
    // 3GPP TS 23.038, 6.2.1 and 6.2.1.1; those of the second come after an escape
    private const string Gsm7 =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
        "abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Gsm7Escaped = "\f^{}\\[~]|€";

    private static readonly SearchValues<char> InGsm7 = SearchValues.Create(Gsm7 + Gsm7Escaped);
    private static readonly SearchValues<char> Escaped = SearchValues.Create(Gsm7Escaped);

    /// <summary>Whether the channel takes no more than a part of it.</summary>
    public bool IsTooLong => Length > Limit;

    /// <summary>How long a text is on a channel.</summary>
    public static MessageLength Of(ChannelDefinition channel, string text)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(text);
        return new(
            UnitsOf(channel.Unit, text)(text), channel.MaxLength, channel.Unit,
            channel.Unit == LengthUnit.SmsCharacters ? SegmentsOf(text) : null);
    }

    /// <summary>
    /// The text, or as much of it as the channel takes, with an ellipsis; never half of what a person sees as a character.
    /// </summary>
    public static string Cut(ChannelDefinition channel, string text)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(text);
        // "…" is not in GSM-7, and would make each part of an SMS hold half as much
        var ellipsis = channel.Unit == LengthUnit.SmsCharacters && IsGsm7(text) ? "..." : "…";
        return StorableText.Cut(text, channel.MaxLength, UnitsOf(channel.Unit, text), ellipsis);
    }

    /// <summary>Whether an SMS carries a text in GSM-7.</summary>
    public static bool IsGsm7(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(InGsm7);

    private static Func<ReadOnlySpan<char>, int> UnitsOf(LengthUnit unit, string text) => unit switch
    {
        LengthUnit.Bytes => Encoding.UTF8.GetByteCount,
        LengthUnit.SmsCharacters when IsGsm7(text) => SeptetsOf,
        _ => static part => part.Length,
    };

    private static int SeptetsOf(ReadOnlySpan<char> text)
    {
        var septets = text.Length;
        foreach (var letter in text)
            septets += Escaped.Contains(letter) ? 1 : 0;
        return septets;
    }

    // one alone holds more than one of several; neither an escape nor a surrogate pair is divided between two
    private static int SegmentsOf(string text)
    {
        var isGsm7 = IsGsm7(text);
        var (alone, each) = isGsm7 ? (160, 153) : (70, 67);
        if ((isGsm7 ? SeptetsOf(text) : text.Length) <= alone)
            return 1;
        var (segments, room) = (1, each);
        for (var i = 0; i < text.Length; i++)
        {
            var size = isGsm7 ? SeptetsOf(text.AsSpan(i, 1)) : char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
            if (size > room)
                (segments, room) = (segments + 1, each);
            room -= size;
            i += isGsm7 ? 0 : size - 1;
        }

        return segments;
    }
}
