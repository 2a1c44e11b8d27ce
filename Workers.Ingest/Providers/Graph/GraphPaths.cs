using System.Globalization;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>The addresses of calls, with exactly the fields that are read.</summary>
internal static class GraphPaths
{
    public const string SentItems = "sentitems";
    public const string Inbox = "inbox";

    private const string Version = "/v1.0";

    private const string SentFields =
        "id,internetMessageId,conversationId,subject,from,toRecipients,ccRecipients,bccRecipients,sentDateTime,receivedDateTime,categories";

    // Graph keeps no headers of what was sent
    private const string ReceivedFields = SentFields + ",internetMessageHeaders,bodyPreview";
    private const string AllFields = ReceivedFields + ",isDraft,parentFolderId";

    /// <summary>A call that is not part of a batch.</summary>
    public static Uri Absolute(GraphOptions options, string path) => new($"{options.ApiBaseUrl.ToString().TrimEnd('/')}{Version}{path}");

    /// <summary>The first page of a folder's mails of a span of time, oldest first.</summary>
    public static string Page(string folder, DateTimeOffset from, DateTimeOffset to, int size) =>
        $"/me/mailFolders/{folder}/messages?$select={FieldsOf(folder)}"
        + $"&$filter=receivedDateTime%20ge%20{Text(from)}%20and%20receivedDateTime%20lt%20{Text(to)}&$orderby=receivedDateTime%20asc&$top={Text(size)}";

    /// <summary>The first mail of a folder since a time, and how many there are.</summary>
    public static string First(string folder, DateTimeOffset? since, DateTimeOffset to) =>
        $"/me/mailFolders/{folder}/messages?$select=receivedDateTime&$filter="
        + (since is { } from ? $"receivedDateTime%20ge%20{Text(from)}%20and%20" : "")
        + $"receivedDateTime%20lt%20{Text(to)}&$orderby=receivedDateTime%20asc&$top=1&$count=true";

    /// <summary>What changes in a folder, beginning with the mails since a time.</summary>
    public static string Delta(string folder, DateTimeOffset since) =>
        $"/me/mailFolders/{folder}/messages/delta?$select={FieldsOf(folder)}&$filter=receivedDateTime%20ge%20{Text(since)}";

    /// <summary>A mail.</summary>
    public static string Message(string id) => $"/me/messages/{Uri.EscapeDataString(id)}?$select={AllFields}";

    /// <summary>What a mail says, and whether something is attached.</summary>
    public static string Content(string id) => $"/me/messages/{Uri.EscapeDataString(id)}?$select=id,body,hasAttachments";

    /// <summary>A mail as it came over the wire.</summary>
    public static string Mime(string id) => $"/me/messages/{Uri.EscapeDataString(id)}/$value";

    /// <summary>The mails with a Message-ID: a copy of what one sends oneself has the same.</summary>
    public static string ByMessageId(string internetMessageId) =>
        $"/me/messages?$select={AllFields}&$filter=internetMessageId%20eq%20{Quoted(internetMessageId)}&$top=10";

    /// <summary>The mails of a conversation.</summary>
    public static string Conversation(string id) => $"/me/messages?$select={AllFields}&$filter=conversationId%20eq%20{Quoted(id)}&$top=100";

    /// <summary>A link of Graph's as a call of a batch; null when it is none.</summary>
    public static string? Relative(string link) =>
        link.IndexOf($"{Version}/", StringComparison.Ordinal) is >= 0 and var at ? link[(at + Version.Length)..] : null;

    private static string FieldsOf(string folder) => folder == SentItems ? SentFields : ReceivedFields;

    private static string Quoted(string text) => Uri.EscapeDataString($"'{text.Replace("'", "''", StringComparison.Ordinal)}'");

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
