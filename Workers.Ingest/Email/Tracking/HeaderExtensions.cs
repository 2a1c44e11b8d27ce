namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Looks up headers, whose names have no case.</summary>
internal static class HeaderExtensions
{
    /// <summary>The value of the first header of a name; null when there is none.</summary>
    public static string? Find(this IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        for (var i = 0; i < headers.Count; i++)
            if (headers[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return headers[i].Value;
        return null;
    }
}
