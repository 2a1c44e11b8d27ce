using System.Globalization;
using System.Text.Json;

namespace Switchboard.Simulator.Google;

/// <summary><c>users.getProfile</c>, <c>users.watch</c>, <c>users.stop</c> and <c>users.history.list</c>.</summary>
internal static class MailboxEndpoints
{
    private static readonly TimeSpan WatchLife = TimeSpan.FromDays(7);

    public static void MapMailboxes(this RouteGroupBuilder users)
    {
        users.MapGet("/profile", Profile);
        users.MapPost("/watch", WatchAsync);
        users.MapPost("/stop", Stop);
        users.MapGet("/history", History);
    }

    private static IResult Profile(HttpContext context)
    {
        var mailbox = GmailAuthorization.MailboxOf(context);
        var count = mailbox.Count;
        return Results.Json(new ProfileResource(mailbox.Address, count, count, Text(mailbox.HistoryId)), GmailJson.Default.ProfileResource);
    }

    private static async Task<IResult> WatchAsync(HttpContext context, TimeProvider timeProvider)
    {
        WatchRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, GmailJson.Default.WatchRequest, context.RequestAborted);
        }
        catch (JsonException)
        {
            return GoogleErrors.Invalid("Invalid JSON payload received.");
        }

        if (request?.TopicName is not { Length: > 0 } topic)
        {
            return GoogleErrors.Invalid("Invalid topicName does not match projects/*/topics/*");
        }

        if (topic.Split('/') is not ["projects", { Length: > 0 }, "topics", { Length: > 0 }])
        {
            return GoogleErrors.Invalid($"Invalid topicName does not match projects/*/topics/*: {topic}");
        }

        var mailbox = GmailAuthorization.MailboxOf(context);
        var until = timeProvider.GetUtcNow() + WatchLife;
        (mailbox.WatchedUntil, mailbox.IsStopped) = (until, false);
        return Results.Json(new WatchResource(Text(mailbox.HistoryId), Text(until.ToUnixTimeMilliseconds())),
            GmailJson.Default.WatchResource);
    }

    private static IResult Stop(HttpContext context)
    {
        var mailbox = GmailAuthorization.MailboxOf(context);
        (mailbox.WatchedUntil, mailbox.IsStopped) = (null, true);
        return Results.NoContent();
    }

    private static IResult History(HttpContext context)
    {
        var (query, mailbox) = (context.Request.Query, GmailAuthorization.MailboxOf(context));
        if (GmailQuery.HistoryId(query["startHistoryId"]) is not { } start)
        {
            return GoogleErrors.Invalid("Missing/invalid parameter: startHistoryId");
        }

        var page = (string?)query["pageToken"] is { Length: > 0 } token ? GmailQuery.HistoryId(token) : start;
        if (page is null || GmailQuery.MaxResults(query) is not { } most)
        {
            return GoogleErrors.Invalid(page is null ? "Invalid pageToken" : "Invalid value at 'max_results' (TYPE_UINT32)");
        }

        // read before the mails: one that comes in between is told again, never skipped
        var current = mailbox.HistoryId;
        if (mailbox.AddedAfter(Math.Max(start, page.Value), most + 1) is not { } added)
        {
            return GoogleErrors.NotFound;
        }

        var shown = Wants(query) ? added.Take(most).Select(Record).ToList() : [];
        var next = shown.Count > 0 && added.Count > most ? Text(added[most - 1].HistoryId) : null;
        return Results.Json(new HistoryList(shown.Count == 0 ? null : shown, next, Text(current)), GmailJson.Default.HistoryList);
    }

    // nothing is ever deleted or relabelled here: only messageAdded, in the inbox
    private static bool Wants(IQueryCollection query) =>
        (query["historyTypes"].Count == 0 || query["historyTypes"].Contains("messageAdded"))
        && (string.IsNullOrEmpty(query["labelId"]) || MessageFormat.Labels.Contains(query["labelId"].ToString()));

    private static HistoryResource Record(StoredMail mail) => new(
        Text(mail.HistoryId),
        [new MessageRef(mail.Id, mail.ThreadId)],
        [new MessageAdded(new MessageRef(mail.Id, mail.ThreadId, MessageFormat.Labels))]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

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
            "METADATA" => Results.Json(MessageFormat.Metadata(mail, [.. query["metadataHeaders"].OfType<string>()]),
                GmailJson.Readable.MessageResource),
            "RAW" => Results.Json(MessageFormat.Raw(mail), GmailJson.Readable.MessageResource),
            "MINIMAL" => Results.Json(MessageFormat.Minimal(mail), GmailJson.Readable.MessageResource),
            _ => GoogleErrors.Invalid("Invalid value at 'format': the simulator has full, metadata, raw and minimal"),
        };
    }
}

/// <summary>Reads the query parameters of Gmail calls; what cannot be read is Google's 400.</summary>
internal static class GmailQuery
{
    private const int DefaultResults = 100;
    private const int MostResults = 500;

    /// <summary>100 unless said, 500 at the most.</summary>
    /// <returns>Null when it is not a number.</returns>
    public static int? MaxResults(IQueryCollection query) =>
        (string?)query["maxResults"] is not { Length: > 0 } text ? DefaultResults
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? Math.Clamp(most, 1, MostResults)
        : null;

    /// <summary>A history id: of <c>startHistoryId</c>, or of a page token, which is one too.</summary>
    public static long? HistoryId(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The time of <c>after:</c> in a search, seconds since 1970 or yyyy/MM/dd; other words of it are not looked at.</summary>
    public static DateTimeOffset After(string? search)
    {
        const string Name = "after:";
        var word = search?.Split(' ').FirstOrDefault(word => word.StartsWith(Name, StringComparison.OrdinalIgnoreCase))?[Name.Length..];
        return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.TryParseExact(word, "yyyy/M/d", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day
            : DateTimeOffset.MinValue;
    }
}
