using System.Globalization;

namespace Switchboard.Simulator.Gmail;

/// <summary><c>users.messages.list</c> and <c>users.messages.get</c>.</summary>
internal static class MessageEndpoints
{
    public static void MapMessages(this RouteGroupBuilder users)
    {
        users.MapGet("/messages", List);
        users.MapGet("/messages/{id}", Get);
    }

    private static IResult List(HttpContext context)
    {
        var (query, mailbox) = (context.Request.Query, GmailAuthorization.MailboxOf(context));
        var page = (string?)query["pageToken"] is { Length: > 0 } token ? GmailQuery.HistoryId(token) : long.MaxValue;
        if (page is null || GmailQuery.MaxResults(query) is not { } most)
        {
            return GoogleErrors.Invalid(page is null ? "Invalid pageToken" : "Invalid value at 'max_results' (TYPE_UINT32)");
        }

        var found = mailbox.NewestBefore(page.Value, GmailQuery.After(query["q"]), most + 1);
        var shown = found.Take(most).Select(mail => new MessageRef(mail.Id, mail.ThreadId)).ToList();
        var next = found.Count > most ? found[most - 1].HistoryId.ToString(CultureInfo.InvariantCulture) : null;
        return Results.Json(new MessageList(shown.Count == 0 ? null : shown, next, found.Count), GmailJson.Default.MessageList);
    }

    private static IResult Get(HttpContext context, string id)
    {
        var query = context.Request.Query;
        if (GmailAuthorization.MailboxOf(context).Find(id) is not { } mail)
        {
            return GoogleErrors.NotFound;
        }

        return ((string?)query["format"])?.ToUpperInvariant() switch
        {
            null or "" or "FULL" => Results.Json(MessageFormat.Full(mail), GmailJson.Readable.MessageResource),
            "METADATA" => Results.Json(MessageFormat.Metadata(mail, [.. query["metadataHeaders"].OfType<string>()]), GmailJson.Readable.MessageResource),
            "MINIMAL" => Results.Json(MessageFormat.Minimal(mail), GmailJson.Readable.MessageResource),
            _ => GoogleErrors.Invalid("Invalid value at 'format': the simulator has full, metadata and minimal"),
        };
    }
}
