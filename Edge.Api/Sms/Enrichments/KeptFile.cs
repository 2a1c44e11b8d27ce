using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>The file of an item.</summary>
/// <param name="Key">Its name in the media store.</param>
/// <param name="ContentType">What its bytes are.</param>
/// <param name="SizeBytes">How many they are.</param>
internal sealed record KeptFile(string Key, string ContentType, long? SizeBytes)
{
    private static readonly string[] Shown = ["image/", "audio/", "video/"];

    /// <summary>Reads storage_key, content_type and size_bytes.</summary>
    public static KeptFile Read(NpgsqlDataReader row) =>
        new(row.GetString(0), row.Text(1) ?? "application/octet-stream", row.Nullable<long>(2));

    /// <summary>
    /// <c>inline</c> for what a page shows or plays, <c>attachment</c> for all else: documents, and pictures that can run scripts.
    /// </summary>
    public string Disposition(Guid itemId)
    {
        var isShown = Shown.Any(kind => ContentType.StartsWith(kind, StringComparison.OrdinalIgnoreCase))
            && !ContentType.StartsWith("image/svg", StringComparison.OrdinalIgnoreCase);
        return $"{(isShown ? "inline" : "attachment")}; filename=\"{itemId:N}{Extension()}\"";
    }

    // image/png -> .png; what has no short name gets none
    private string Extension()
    {
        var type = ContentType.Split(';')[0].Trim();
        var name = type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return type switch
        {
            "text/plain" => ".txt",
            "audio/mpeg" => ".mp3",
            _ when name.Length <= 5 && name.All(char.IsAsciiLetterOrDigit) => $".{name}",
            _ => "",
        };
    }
}
