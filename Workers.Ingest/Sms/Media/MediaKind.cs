namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>What an enrichment item is, as stored and shown.</summary>
internal static class MediaKind
{
    public const string Text = "text";
    public const string Image = "image";
    public const string Audio = "audio";
    public const string Video = "video";
    public const string Document = "document";

    /// <summary>The kind of a media type (RFC 6838), with or without parameters; what is none of the others is a document.</summary>
    public static string Of(string? contentType)
    {
        var type = (contentType ?? "").TrimStart();
        return Is("image/") ? Image : Is("audio/") ? Audio : Is("video/") ? Video : Document;

        bool Is(string top) => type.StartsWith(top, StringComparison.OrdinalIgnoreCase);
    }
}
