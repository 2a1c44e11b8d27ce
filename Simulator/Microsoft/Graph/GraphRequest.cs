using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Switchboard.Simulator.Microsoft;

/// <summary>A call of the Graph API, by itself or out of a batch.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Path">The segments after the version: <c>me, mailFolders, inbox, messages</c>; the names as they are spelled here.</param>
/// <param name="Query">The parameters, their names without the dollar sign.</param>
/// <param name="Prefer">The header.</param>
/// <param name="Body">The JSON, when there is any.</param>
/// <param name="Mailbox">Whose token came with it.</param>
/// <param name="Root">Where the API is: what links begin with.</param>
internal sealed record GraphRequest(
    string Method,
    string[] Path,
    IReadOnlyDictionary<string, string> Query,
    string Prefer,
    JsonElement? Body,
    GraphMailbox Mailbox,
    string Root)
{
    private static readonly Dictionary<string, string> Names = new[]
    {
        "me", "users", "messages", "mailFolders", "delta", "subscriptions", "reauthorize", "$batch",
    }.ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether it is served by the mailbox, and so within its limits.</summary>
    public bool IsOutlook => Path is ["me", "messages" or "mailFolders", ..];

    /// <summary>Its path, as links have it.</summary>
    public string Link => $"{Root}/{string.Join('/', Path.Select(Uri.EscapeDataString))}";

    /// <summary>The number in <c>Prefer: odata.maxpagesize=…</c>.</summary>
    public int? MaxPageSize => PreferenceOf("odata.maxpagesize") is { } text && int.TryParse(text, out var size) && size > 0 ? size : null;

    /// <summary>Whether bodies are to come as text, not as HTML.</summary>
    public bool WantsText => PreferenceOf("outlook.body-content-type") == "text";

    public string? Parameter(string name) => Query.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Reads a relative address: <c>/me/mailFolders('inbox')/messages?$top=5</c>.</summary>
    /// <returns>The segments and the parameters.</returns>
    public static (string[] Path, IReadOnlyDictionary<string, string> Query) ReadAddress(string path, string query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in QueryHelpers.ParseQuery(query))
        {
            parameters[name.TrimStart('$')] = values.ToString();
        }

        return ([.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).SelectMany(Segments)], parameters);
    }

    // mailFolders('inbox') is mailFolders/inbox, delta() and microsoft.graph.delta() are delta
    private static IEnumerable<string> Segments(string segment)
    {
        segment = Uri.UnescapeDataString(segment);
        var open = segment.IndexOf("('", StringComparison.Ordinal);
        if (open > 0 && segment.EndsWith("')", StringComparison.Ordinal))
        {
            return [Name(segment[..open]), segment[(open + 2)..^2]];
        }

        const string Namespace = "microsoft.graph.";
        segment = segment.EndsWith("()", StringComparison.Ordinal) ? segment[..^2] : segment;
        return [Name(segment.StartsWith(Namespace, StringComparison.OrdinalIgnoreCase) ? segment[Namespace.Length..] : segment)];
    }

    private static string Name(string segment) => Names.GetValueOrDefault(segment, segment);

    private string? PreferenceOf(string name) =>
        Prefer.Split([',', ';'], StringSplitOptions.TrimEntries)
            .FirstOrDefault(part => part.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                && part.AsSpan(name.Length).TrimStart().StartsWith("="))
            ?[name.Length..].TrimStart(' ', '=').Trim('"', ' ');
}
