using System.Globalization;
using Switchboard.Load.Driving;

namespace Switchboard.Load.Sms;

/// <summary>Which text each number of a run is: the same number, the same text.</summary>
internal sealed class TextPlan(RunToken token, IReadOnlyList<LoadNumber> senders, IReadOnlyList<SampleMedia> media, double mediaShare)
{
    private const int SidLength = 34;

    private static readonly string[] Bodies =
    [
        "Your parcel comes on 12 March 2026, see https://parcel.example/where?id=7",
        "Invoice over €12.50, due 2026-04-01. Questions: +49 30 901820",
        "See you at ten",
        "😀👍🏽",
        "Привет, встреча завтра в десять",
        "نراكم غدا في العاشرة",
        "明日の十時に会いましょう",
        "Two lines:\r\nthe second one & a bit = 100 %",
    ];

    private readonly Zipf _zipf = new(senders.Count);

    /// <summary>The text with this number, from 0.</summary>
    public TextSpec Of(long number)
    {
        var dice = new Dice(number);
        var sender = senders[_zipf.At(dice.Next())];
        var body = $"{Bodies[(int)(dice.Next() * Bodies.Length)]} {token.Of(number)}";
        var hasMedia = dice.Next() < mediaShare;
        return new TextSpec(SidOf(number, hasMedia), sender, body, hasMedia ? media[(int)(dice.Next() * media.Count)] : null);
    }

    /// <summary>The number of the text with this sid; null when it is of another run.</summary>
    public long? NumberOf(string sid) =>
        sid.Length == SidLength
        && long.TryParse(sid.AsSpan(2, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var run) && run == token.StartedAtMs
        && long.TryParse(sid.AsSpan(18), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    // as Twilio's look: SM or MM and 32 hexadecimal digits
    private string SidOf(long number, bool hasMedia) => string.Create(
        CultureInfo.InvariantCulture, $"{(hasMedia ? "MM" : "SM")}{token.StartedAtMs:x16}{number:x16}");
}
