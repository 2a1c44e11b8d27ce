using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Meta;

/// <summary><c>/_sim/whatsapp</c>: what a test or a person sees of WhatsApp and does to it.</summary>
internal static class WhatsAppControl
{
    public static void MapWhatsAppControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/whatsapp");
        group.MapGet("/messages", List);
        group.MapGet("/messages/count", (MessageStore<SentMessage> messages) => new MessageCount(messages.Count));
        group.MapDelete("/messages", Clear);
        group.MapGet("/statuses", (StatusQueue statuses) => statuses.Settings);
        group.MapPost("/statuses", Change);
        group.MapDelete("/statuses", (StatusQueue statuses) => statuses.Settings = StatusSettings.Default);
        group.MapPost("/statuses/send", Send);
    }

    private static IResult List(
        MessageStore<SentMessage> messages, string? since = null, int limit = Since.DefaultLimit, string? to = null, string? q = null) =>
        !Since.TryParse(since, out var after)
            ? ControlProblems.Invalid("since", Since.Error)
            : limit is < 1 or > Since.MostLimit
                ? ControlProblems.Invalid("limit", Since.LimitError)
                : Results.Json(
                    new MessageQuery(after, limit, to is null ? null : SentMessage.Digits(to), q).Read(messages),
                    WhatsAppJson.Readable.MessagePage);

    private static IResult Clear(MessageStore<SentMessage> messages, MessageJournal journal)
    {
        messages.Clear();
        journal.Clear();
        return Results.NoContent();
    }

    private static IResult Change(StatusSettings change, StatusQueue statuses)
    {
        if (change.Errors() is { Count: > 0 } errors)
        {
            return Results.ValidationProblem(errors, title: "The statuses stay as they are.");
        }

        statuses.Settings = statuses.Settings.Merge(change);
        return Results.Json(statuses.Settings, WhatsAppJson.Default.StatusSettings);
    }

    private static IResult Send(StatusByHand request, MessageStore<SentMessage> messages, StatusQueue statuses, TimeProvider timeProvider)
    {
        if (StatusNames.Parse(request.Status) is not { } status)
        {
            return ControlProblems.Invalid("status", "Use sent, delivered, read or failed.");
        }

        if (request.Id is null || messages.Find(request.Id) is not { } message)
        {
            return Results.Problem(
                "Take an id from GET /_sim/whatsapp/messages.", statusCode: 404, title: $"There is no message {request.Id}.");
        }

        statuses.EnqueueOne(new DueStatus(message, status, timeProvider.GetUtcNow(), request.ErrorCode));
        return Results.Accepted();
    }
}

/// <summary>What <c>GET /_sim/whatsapp/messages</c> asks for.</summary>
/// <param name="After">The place after which to look; null for the end of the list.</param>
/// <param name="Limit">How many at the most.</param>
/// <param name="To">A recipient, in whatever spelling.</param>
/// <param name="Text">What the body contains, whatever its case.</param>
internal sealed record MessageQuery(long? After, int Limit, string? To, string? Text)
{
    public MessagePage Read(MessageStore<SentMessage> store)
    {
        var (page, next) = Since.Page(store, After, Limit, Matches);
        return new MessagePage([.. page.Select(MessageView.Of)], next);
    }

    private bool Matches(SentMessage message) =>
        (To is null || message.WhatsAppId == To) && (Text is null || message.Body.Contains(Text, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Messages that were sent.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="NextCursor">The <c>since</c> of the next page; null when this is the last.</param>
internal sealed record MessagePage(
    IReadOnlyList<MessageView> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);

/// <summary>
/// One of them: <c>body</c> is the text, or the template as JSON; <c>callbackData</c> its <c>biz_opaque_callback_data</c>;
/// <c>statuses</c> are those that the edge has acknowledged.
/// </summary>
internal sealed record MessageView(
    string Id, string To, string Type, string Body, DateTimeOffset At, string? CallbackData, IReadOnlyList<string> Statuses)
{
    public static MessageView Of(SentMessage message) =>
        new(message.Id, message.To, message.Type, message.Body, message.At, message.CallbackData, message.Told.Names());
}

/// <summary>How many there are.</summary>
internal sealed record MessageCount(int Count);

/// <summary>The body of <c>POST /_sim/whatsapp/statuses/send</c>.</summary>
/// <param name="Id">The <c>wamid</c>.</param>
/// <param name="Status">sent, delivered, read or failed.</param>
/// <param name="ErrorCode">Meta's code of a failure.</param>
internal sealed record StatusByHand(string? Id, string? Status, int? ErrorCode = null);
