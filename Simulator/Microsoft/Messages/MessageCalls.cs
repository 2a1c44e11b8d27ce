using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary><c>GET …/messages</c> and <c>GET …/messages/{id}</c>, of a folder or of all.</summary>
internal static class MessageCalls
{
    public static GraphAnswer List(GraphRequest request, MailFolder? folder)
    {
        if (MessageQuery.Read(request, out var query) is { } error)
        {
            return error;
        }

        var mailbox = request.Mailbox;
        var page = Page(mailbox, query, folder);
        var next = page.Count > query.Top ? NextLink(request, page[query.Top - 1]) : null;
        long? count = request.Parameter("count") == "true" ? Count(mailbox, query, folder) : null;
        return GraphAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("@odata.context", $"{request.Root}/$metadata#users('{mailbox.Ids.UserId}')/messages");
            if (count is { } all)
            {
                json.WriteNumber("@odata.count", all);
            }

            json.WriteStartArray("value");
            var writer = new MessageWriter(mailbox.Ids, query.Fields, request.WantsText);
            foreach (var position in page.Take(query.Top))
            {
                writer.Write(json, mailbox.Get(position));
            }

            json.WriteEndArray();
            if (next is not null)
            {
                json.WriteString("@odata.nextLink", next);
            }

            json.WriteEndObject();
        });
    }

    public static GraphAnswer Get(GraphRequest request, MailFolder? folder, string id)
    {
        if (MessageQuery.ReadFields(request.Parameter("select")) is not { } fields)
        {
            return GraphErrors.Invalid($"Could not find a property named in '{request.Parameter("select")}' on type 'Microsoft.OutlookServices.Message'.");
        }

        var mailbox = request.Mailbox;
        return mailbox.Find(id) is { } mail && (folder is null || mail.Folder == folder)
            ? GraphAnswer.Json(json => new MessageWriter(mailbox.Ids, fields, request.WantsText)
                .Write(json, mail, $"{request.Root}/$metadata#users('{mailbox.Ids.UserId}')/messages/$entity"))
            : GraphErrors.NotFound;
    }

    /// <summary>A message as it came over the wire.</summary>
    public static GraphAnswer Mime(GraphRequest request, string id) => request.Mailbox.Find(id) is not { } mail
        ? GraphErrors.NotFound
        : new GraphAnswer(200)
        {
            Mime = MimeWriter.Write(
                [
                    new("From", $"\"{mail.From.Name}\" <{mail.From.Address}>"),
                    new("To", string.Join(", ", mail.To.Select(to => to.Address))),
                    new("Subject", mail.Subject),
                    new("Message-ID", mail.InternetMessageId),
                    .. mail.Headers,
                ],
                mail.Text,
                mail.Report,
                mail.Reported),
        };

    // a conversation or a Message-ID names a few mails, which need no search
    private static IReadOnlyList<MailPosition> Page(GraphMailbox mailbox, MessageQuery query, MailFolder? folder)
    {
        var range = query.Range(folder);
        if (Few(mailbox, query.Filter) is not { } few)
        {
            return mailbox.Read(range);
        }

        var found = few.Where(position =>
            position.CompareTo(range.Low) >= 0 && position.CompareTo(range.High) < 0
                && (folder is null || mailbox.Get(position).Folder == folder));
        return [.. (query.NewestFirst ? found.OrderDescending() : found.Order()).Skip(range.Skip).Take(range.Take)];
    }

    private static long Count(GraphMailbox mailbox, MessageQuery query, MailFolder? folder) =>
        Few(mailbox, query.Filter) is not null
            ? Page(mailbox, query with { After = null, Skip = 0, Top = int.MaxValue - 1 }, folder).Count
            : mailbox.Count((query with { After = null }).Range(folder));

    private static IReadOnlyList<MailPosition>? Few(GraphMailbox mailbox, MessageFilter filter)
    {
        IReadOnlyList<MailPosition>? byMessage =
            filter.InternetMessageId is null ? null
            : mailbox.FindInternetMessage(filter.InternetMessageId) is { } position ? [position]
            : [];
        var byConversation = filter.ConversationId is null ? null : mailbox.Conversation(filter.ConversationId);
        return byMessage is null || byConversation is null ? byMessage ?? byConversation : [.. byMessage.Intersect(byConversation)];
    }

    private static string NextLink(GraphRequest request, MailPosition last)
    {
        var parameters = request.Query
            .Where(parameter => parameter.Key is not ("skip" or "skiptoken"))
            .Append(new("skiptoken", MessageQuery.Token(last)))
            .Select(parameter => $"${parameter.Key}={Uri.EscapeDataString(parameter.Value)}");
        return $"{request.Link}?{string.Join('&', parameters)}";
    }
}

/// <summary><c>GET /me/mailFolders</c>, <c>GET /me/mailFolders/{id}</c> and <c>GET /me</c>.</summary>
internal static class FolderCalls
{
    public static GraphAnswer Me(GraphRequest request) => GraphAnswer.Json(json =>
    {
        var address = request.Mailbox.Address;
        json.WriteStartObject();
        json.WriteString("@odata.context", $"{request.Root}/$metadata#users/$entity");
        json.WriteString("id", request.Mailbox.Ids.UserId);
        json.WriteString("displayName", address[..address.IndexOf('@', StringComparison.Ordinal)]);
        json.WriteString("mail", address);
        json.WriteString("userPrincipalName", address);
        json.WriteEndObject();
    });

    public static GraphAnswer List(GraphRequest request) => GraphAnswer.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("@odata.context", $"{request.Root}/$metadata#users('{request.Mailbox.Ids.UserId}')/mailFolders");
        json.WriteStartArray("value");
        foreach (var folder in Enum.GetValues<MailFolder>())
        {
            Write(json, request.Mailbox, folder);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static GraphAnswer Get(GraphRequest request, MailFolder folder) =>
        GraphAnswer.Json(json => Write(json, request.Mailbox, folder));

    private static void Write(Utf8JsonWriter json, GraphMailbox mailbox, MailFolder folder)
    {
        json.WriteStartObject();
        json.WriteString("id", mailbox.Ids.Folder(folder));
        json.WriteString("displayName", folder switch
        {
            MailFolder.SentItems => "Sent Items",
            MailFolder.DeletedItems => "Deleted Items",
            _ => folder.ToString(),
        });
        json.WriteNumber("childFolderCount", 0);
        json.WriteNumber("totalItemCount", mailbox.Count(new MailRange(folder, MailPosition.First, MailPosition.Last, false, 0, 0)));
        json.WriteEndObject();
    }
}
