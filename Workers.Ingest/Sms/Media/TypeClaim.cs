using System.Collections.Frozen;
using System.Net.Http.Headers;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>Holds what was said of a file's type against what its bytes are. A pure decision.</summary>
internal static class TypeClaim
{
    private const string IsoMedia = "iso media";
    private const string Ogg = "ogg";
    private const string Matroska = "matroska";
    private const string Heif = "heif";
    private const string Zip = "zip";
    private const string Text = "text";

    // other names of types
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["application/ogg"] = "audio/ogg",
        ["application/vcard"] = "text/vcard",
        ["application/x-pdf"] = "application/pdf",
        ["application/x-rtf"] = "application/rtf",
        ["application/x-zip"] = "application/zip",
        ["application/x-zip-compressed"] = "application/zip",
        ["audio/aacp"] = "audio/aac",
        ["audio/amr-nb"] = "audio/amr",
        ["audio/m4a"] = "audio/mp4",
        ["audio/mp3"] = "audio/mpeg",
        ["audio/mpeg3"] = "audio/mpeg",
        ["audio/mpg"] = "audio/mpeg",
        ["audio/opus"] = "audio/ogg",
        ["audio/vnd.wave"] = "audio/wav",
        ["audio/vorbis"] = "audio/ogg",
        ["audio/wave"] = "audio/wav",
        ["audio/x-aac"] = "audio/aac",
        ["audio/x-amr"] = "audio/amr",
        ["audio/x-flac"] = "audio/flac",
        ["audio/x-hx-aac-adts"] = "audio/aac",
        ["audio/x-m4a"] = "audio/mp4",
        ["audio/x-mp3"] = "audio/mpeg",
        ["audio/x-mpeg"] = "audio/mpeg",
        ["audio/x-ogg"] = "audio/ogg",
        ["audio/x-wav"] = "audio/wav",
        ["image/jpg"] = "image/jpeg",
        ["image/pjpeg"] = "image/jpeg",
        ["image/tif"] = "image/tiff",
        ["image/x-bmp"] = "image/bmp",
        ["image/x-ms-bmp"] = "image/bmp",
        ["image/x-png"] = "image/png",
        ["text/directory"] = "text/vcard",
        ["text/richtext"] = "application/rtf",
        ["text/rtf"] = "application/rtf",
        ["text/x-vcalendar"] = "text/calendar",
        ["text/x-vcard"] = "text/vcard",
        ["video/x-m4v"] = "video/mp4",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // types whose bytes do not tell them apart, or only at some length: what was said decides between them
    private static readonly FrozenDictionary<string, string> Families = new Dictionary<string, string>
    {
        ["audio/mp4"] = IsoMedia,
        ["video/mp4"] = IsoMedia,
        ["audio/3gpp"] = IsoMedia,
        ["video/3gpp"] = IsoMedia,
        ["audio/3gpp2"] = IsoMedia,
        ["video/3gpp2"] = IsoMedia,
        ["video/quicktime"] = IsoMedia,
        ["audio/ogg"] = Ogg,
        ["video/ogg"] = Ogg,
        ["audio/webm"] = Matroska,
        ["video/webm"] = Matroska,
        ["audio/x-matroska"] = Matroska,
        ["video/x-matroska"] = Matroska,
        ["image/heic"] = Heif,
        ["image/heif"] = Heif,
        ["application/zip"] = Zip,
        ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"] = Zip,
        ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] = Zip,
        ["application/vnd.openxmlformats-officedocument.presentationml.presentation"] = Zip,
        ["application/vnd.apple.pkpass"] = Zip,
        ["text/plain"] = Text,
        ["text/csv"] = Text,
        ["text/tab-separated-values"] = Text,
        ["text/markdown"] = Text,
        ["text/vcard"] = Text,
        ["text/calendar"] = Text,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The type to keep it as.</summary>
    /// <param name="detected">What its bytes are; null when that is not known.</param>
    /// <param name="claims">What was said of it, by the webhook and by the answer that it came with; null where nothing was.</param>
    /// <exception cref="ProviderException">It is not what was said, or nothing that is taken.</exception>
    public static string Settle(string? detected, params ReadOnlySpan<string?> claims)
    {
        if (detected is not null && Programs.Runs(detected))
            throw new ProviderException(FailureKind.Permanent, $"It is a program ({detected}).");
        if (detected is not null && Programs.MayCarryScripts(detected))
            throw new ProviderException(FailureKind.Permanent, $"It is {detected}, which can carry scripts.");

        var type = detected;
        foreach (var claim in claims)
        {
            if (Canonical(claim) is not { } said)
                continue;
            if (detected is null)
                throw new ProviderException(FailureKind.Permanent, $"It was announced as {claim} but is of no known type.");
            if (!Agree(said, detected))
                throw new ProviderException(FailureKind.Permanent, $"It was announced as {claim} but is {detected}.");
            // the first who knew decides
            if (type == detected)
                type = said;
        }

        return type ?? throw new ProviderException(FailureKind.Permanent, "It is of no known type.");
    }

    private static bool Agree(string said, string detected) =>
        said == detected || (Families.TryGetValue(said, out var family) && Families.TryGetValue(detected, out var other) && family == other);

    // null when nothing was said
    private static string? Canonical(string? claim)
    {
        if (!MediaTypeHeaderValue.TryParse(claim, out var parsed) || parsed.MediaType is not { } type)
            return null;
        return type.ToLowerInvariant() switch
        {
            "application/octet-stream" or "binary/octet-stream" or "application/x-unknown" or "unknown/unknown" => null,
            var said => Names.GetValueOrDefault(said, said),
        };
    }
}
