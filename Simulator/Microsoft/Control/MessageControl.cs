using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary><c>POST /_sim/graph/messages</c>: puts mails into mailboxes, one or an array.</summary>
internal static class MessageControl
{
    private const int MostAtOnce = 10_000;

    public static IResult Receive(JsonElement body, GraphMailboxes mailboxes, GraphInbox inbox)
    {
        var isArray = body.ValueKind == JsonValueKind.Array;
        var mails = Read(body);
        if (mails.Length is 0 or > MostAtOnce)
        {
            return ControlProblems.Invalid("body", $"Send one mail, or an array of 1 to {MostAtOnce}.");
        }

        for (var n = 0; n < mails.Length; n++)
        {
            var mail = mails[n];
            if (mail is null || mail.Error is not null)
            {
                return ControlProblems.Invalid(isArray ? $"[{n}]" : "body", mail?.Error ?? "Not a mail.");
            }

            if (mailboxes.Find(mail.Address) is not { } mailbox)
            {
                return GraphControl.NoMailbox(mail.Address);
            }

            if (mail.Id is not null && mailbox.Find(mail.Id) is not null)
            {
                return Results.Problem("Use another id, or none.", statusCode: 409, title: $"There is a mail {mail.Id} already.");
            }
        }

        // null: one that has the id of another in this array
        var added = mails.Select(mail => inbox.Receive(mailboxes.Find(mail!.Address)!, mail)).OfType<AddedMail>().Select(View).ToArray();
        return isArray
            ? Results.Json(added, GraphControlJson.Default.AddedGraphMailArray, statusCode: 202)
            : Results.Json(added[0], GraphControlJson.Default.AddedGraphMail, statusCode: 202);
    }

    private static NewGraphMail?[] Read(JsonElement body)
    {
        try
        {
            return body.ValueKind == JsonValueKind.Array
                ? body.Deserialize(GraphControlJson.Default.NewGraphMailArray)!
                : [body.Deserialize(GraphControlJson.Default.NewGraphMail)];
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException(e.Message, e);
        }
    }

    private static AddedGraphMail View(AddedMail mail) => new(
        mail.Item.Id,
        mail.Item.InternetMessageId,
        mail.Item.ConversationId,
        mail.Item.Folder == MailFolder.Inbox ? "inbox" : "sentitems",
        DateTimeOffset.FromUnixTimeSeconds(mail.Item.At));
}

/// <summary>What <c>POST /_sim/graph/messages</c> answers for a mail.</summary>
internal sealed record AddedGraphMail(string Id, string InternetMessageId, string ConversationId, string Folder, DateTimeOffset At);
