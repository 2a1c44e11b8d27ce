using System.Globalization;
using Switchboard.Simulator.Graph;
using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.GraphMessages;

/// <summary><c>GET /me/mailFolders/{id}/messages/delta</c>: all mails by pages, and from then on those that were put in.</summary>
internal static class DeltaCalls
{
    public static GraphAnswer Get(GraphRequest request, MailFolder folder)
    {
        var mailbox = request.Mailbox;
        if (Token(request, folder, out var token) is { } error)
        {
            return error;
        }

        if (MessageQuery.ReadFields(token.Select) is not { } fields)
        {
            return GraphErrors.Invalid($"Could not find a property named in '{token.Select}' on type 'Microsoft.OutlookServices.Message'.");
        }

        var size = Math.Min(request.MaxPageSize ?? Top(request) ?? MessageQuery.DefaultTop, MessageQuery.MostTop);
        var (page, next, isLast) = Page(mailbox, token, size);
        return GraphAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("@odata.context", $"{request.Root}/$metadata#Collection(message)");
            json.WriteStartArray("value");
            var writer = new MessageWriter(mailbox.Ids, fields, request.WantsText);
            foreach (var position in page)
            {
                writer.Write(json, mailbox.Get(position), typed: true);
            }

            json.WriteEndArray();
            json.WriteString(isLast ? "@odata.deltaLink" : "@odata.nextLink", $"{request.Link}?{(isLast ? "$deltatoken" : "$skiptoken")}={next.Encode()}");
            json.WriteEndObject();
        }) with
        { PreferenceApplied = request.MaxPageSize is null ? null : $"odata.maxpagesize={size.ToString(CultureInfo.InvariantCulture)}" };
    }

    private static (List<MailPosition> Page, DeltaToken Next, bool IsLast) Page(GraphMailbox mailbox, DeltaToken token, int size)
    {
        // those with a time over the filter's, newest first: the last ranks of the list
        var planned = mailbox.Planned(token.Folder);
        var shown = planned.Count - MailSlice.FirstFrom(planned, MailPosition.StartOf(token.From));
        List<MailPosition> page = [];
        var told = token.Told;
        for (; told < shown && page.Count < size; told++)
        {
            page.Add(planned.At(planned.Count - 1 - told));
        }

        var added = token.Added;
        foreach (var mail in page.Count < size ? mailbox.AddedFrom(added) : [])
        {
            if (page.Count == size)
            {
                break;
            }

            added = mail.Number + 1;
            if (mail.Item.Folder == token.Folder && mail.Item.At >= token.From)
            {
                page.Add(mail.Position);
            }
        }

        return (page, token with { Told = told, Added = added }, told == shown && page.Count < size);
    }

    private static GraphAnswer? Token(GraphRequest request, MailFolder folder, out DeltaToken token)
    {
        var mailbox = request.Mailbox;
        token = new DeltaToken(mailbox.Generation, folder, 0, 0, long.MinValue, request.Parameter("select"));
        if ((request.Parameter("deltatoken") ?? request.Parameter("skiptoken")) is { } text)
        {
            if (DeltaToken.Read(text) is not { } read || read.Folder != folder)
            {
                return GraphErrors.WrongState;
            }

            token = read;
            return read.Generation == mailbox.Generation ? null : GraphErrors.StaleState;
        }

        if (MessageFilter.Read(request.Parameter("filter")) is not { ConversationId: null, InternetMessageId: null, To: long.MaxValue } filter)
        {
            return GraphErrors.Invalid("A delta of messages takes no filter but receivedDateTime ge or gt.");
        }

        token = token with { From = filter.From };
        return null;
    }

    private static int? Top(GraphRequest request) =>
        int.TryParse(request.Parameter("top"), NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top > 0 ? top : null;
}
