using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Switchboard.Simulator.Microsoft;

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
            json.WriteString(isLast ? "@odata.deltaLink" : "@odata.nextLink",
                $"{request.Link}?{(isLast ? "$deltatoken" : "$skiptoken")}={next.Encode()}");
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

        if (MessageFilter.Read(request.Parameter("filter"))
            is not { ConversationId: null, InternetMessageId: null, To: long.MaxValue } filter)
        {
            return GraphErrors.Invalid("A delta of messages takes no filter but receivedDateTime ge or gt.");
        }

        token = token with { From = filter.From };
        return null;
    }

    private static int? Top(GraphRequest request) =>
        int.TryParse(request.Parameter("top"), NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top > 0 ? top : null;
}

/// <summary>
/// How far a delta has come: the planned mails of a folder are told newest first, then those that were put in, in their order.
/// </summary>
/// <param name="Generation">Of which time of the mailbox; of another one it is stale.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Told">How many planned mails were told.</param>
/// <param name="Added">The number of the next mail that was put in.</param>
/// <param name="From">The first second of <c>$filter=receivedDateTime ge</c>.</param>
/// <param name="Select">What was selected.</param>
internal sealed record DeltaToken(long Generation, MailFolder Folder, int Told, int Added, long From, string? Select)
{
    public string Encode() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('|', Generation, (int)Folder, Told, Added, From, Select)));

    /// <summary>Reads one.</summary>
    /// <returns>Null when it is none.</returns>
    public static DeltaToken? Read(string text)
    {
        var bytes = new byte[text.Length];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length))
        {
            return null;
        }

        return Encoding.UTF8.GetString(bytes, 0, length).Split('|')
            is [var generation, var folder, var told, var added, var from, var select]
            && Number(generation) is { } g && Number(folder) is >= 0 and <= 3 and { } f
            && Number(told) is >= 0 and <= int.MaxValue and { } t
            && Number(added) is >= 0 and <= int.MaxValue and { } a && Number(from) is { } s
            ? new DeltaToken(g, (MailFolder)f, (int)t, (int)a, s, select.Length == 0 ? null : select)
            : null;
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
