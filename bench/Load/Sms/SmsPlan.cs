using System.Globalization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Sms;

/// <summary>Which SMS each number of a run is: the same number, the same SMS.</summary>
internal sealed class SmsPlan(RunToken token, IReadOnlyList<PhoneNumber> senders, IReadOnlyList<SampleMedia> media, double mediaShare)
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

    /// <summary>The SMS with this number, from 0.</summary>
    public SmsMessage Of(long number)
    {
        var random = new SeededRandom(number);
        var sender = senders[_zipf.At(random.Next())];
        var body = $"{Bodies[(int)(random.Next() * Bodies.Length)]} {token.Of(number)}";
        var hasMedia = random.Next() < mediaShare;
        return new SmsMessage(SidOf(number, hasMedia), sender, body, hasMedia ? media[(int)(random.Next() * media.Count)] : null);
    }

    /// <summary>The number of the SMS with this sid; null when it is of another run.</summary>
    public long? NumberOf(string sid) =>
        sid.Length == SidLength
        && long.TryParse(
            sid.AsSpan(2, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var run) && run == token.StartedAtMs
        && long.TryParse(sid.AsSpan(18), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    // as Twilio's look: SM or MM and 32 hexadecimal digits
    private string SidOf(long number, bool hasMedia) => string.Create(
        CultureInfo.InvariantCulture, $"{(hasMedia ? "MM" : "SM")}{token.StartedAtMs:x16}{number:x16}");
}

/// <summary>An SMS of a run.</summary>
/// <param name="Sid">The provider's id of it.</param>
/// <param name="Sender">Whose it is.</param>
/// <param name="Body">What it says.</param>
/// <param name="Media">What it comes with, if anything.</param>
internal sealed record SmsMessage(string Sid, PhoneNumber Sender, string Body, SampleMedia? Media)
{
    /// <summary>How many items it should lead to.</summary>
    public int Parts => Media is null ? 1 : 2;
}

/// <summary>A file that SMS come with.</summary>
/// <param name="Url">Where the simulator keeps it.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Kind">What the product should call it.</param>
/// <param name="SizeBytes">How large it is.</param>
/// <param name="Says">What is said in it, if it is a recording.</param>
internal sealed record SampleMedia(string Url, string ContentType, string Kind, long SizeBytes, string? Says)
{
    // short enough that a recording of telephone quality fits into the smallest file
    private const double Seconds = 2;

    private static readonly string[] Sayings =
        ["please call me back tomorrow", "the parcel is at the door", "the meeting begins at ten", "your table is ready"];

    /// <summary>Has the simulator make as many pictures as recordings.</summary>
    public static async Task<IReadOnlyList<SampleMedia>> MakeAsync(ApiClient simulator, int sizeBytes, CancellationToken cancellationToken)
    {
        List<SampleMedia> made = [];
        foreach (var says in Sayings)
        {
            made.Add(await MakeAsync(simulator, new("image/jpeg", sizeBytes, null, null), "image", cancellationToken));
            made.Add(await MakeAsync(simulator, new("audio/wav", sizeBytes, Seconds, says), "audio", cancellationToken));
        }

        return made;
    }

    private static async Task<SampleMedia> MakeAsync(ApiClient simulator, NewMedia media, string kind, CancellationToken cancellationToken)
    {
        var made = await simulator.PostAsync(
            "/_sim/twilio/media", null, media, SmsJson.Default.NewMedia, SmsJson.Default.MadeMedia, cancellationToken);
        return new SampleMedia(made.Url, media.ContentType, kind, made.SizeBytes, media.Says);
    }
}

internal sealed record NewMedia(string ContentType, int SizeBytes, double? Seconds, string? Says);

internal sealed record MadeMedia(string Url, long SizeBytes);
