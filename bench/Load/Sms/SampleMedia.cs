using Switchboard.Load.Api;

namespace Switchboard.Load.Sms;

/// <summary>A file that texts come with.</summary>
/// <param name="Url">Where the simulator keeps it.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Kind">What the product should call it.</param>
/// <param name="SizeBytes">How large it is.</param>
/// <param name="Says">What is said in it, if it is a recording.</param>
internal sealed record SampleMedia(string Url, string ContentType, string Kind, long SizeBytes, string? Says)
{
    // of telephone sound, so that it is no longer than the smallest file
    private const double Seconds = 2;

    private static readonly string[] Sayings =
        ["please call me back tomorrow", "the parcel is at the door", "the meeting begins at ten", "your table is ready"];

    /// <summary>Has the simulator make as many pictures as recordings, each of its own.</summary>
    public static async Task<IReadOnlyList<SampleMedia>> MakeAsync(ApiClient simulator, int sizeBytes, CancellationToken cancellation)
    {
        List<SampleMedia> made = [];
        foreach (var says in Sayings)
        {
            made.Add(await MakeAsync(simulator, new("image/jpeg", sizeBytes, null, null), "image", cancellation));
            made.Add(await MakeAsync(simulator, new("audio/wav", sizeBytes, Seconds, says), "audio", cancellation));
        }

        return made;
    }

    private static async Task<SampleMedia> MakeAsync(ApiClient simulator, NewMedia media, string kind, CancellationToken cancellation)
    {
        var made = await simulator.PostAsync("/_sim/twilio/media", null, media, SmsJson.Default.NewMedia, SmsJson.Default.MadeMedia, cancellation);
        return new SampleMedia(made.Url, media.ContentType, kind, made.SizeBytes, media.Says);
    }
}
