using Switchboard.Simulator.Control;
using Switchboard.Simulator.Journal;

namespace Switchboard.Simulator.WhatsApp;

/// <summary><c>/_sim/whatsapp</c>: what a test or a person sees of WhatsApp and does to it.</summary>
internal static class WhatsAppControl
{
    public static void MapWhatsAppControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/whatsapp");
        group.MapGet("/messages", List);
        group.MapGet("/messages/count", (MessageStore messages) => new MessageCount(messages.Count));
        group.MapDelete("/messages", Clear);
        group.MapGet("/statuses", (StatusQueue statuses) => statuses.Settings);
        group.MapPost("/statuses", Change);
        group.MapDelete("/statuses", (StatusQueue statuses) => statuses.Settings = StatusSettings.Default);
        group.MapPost("/statuses/send", Send);
    }

    private static IResult List(MessageStore messages, string? since = null, int limit = Since.DefaultLimit, string? to = null, string? q = null) =>
        !Since.TryParse(since, out var after)
            ? ControlProblems.Invalid("since", Since.Mistake)
            : limit is < 1 or > Since.MostLimit
                ? ControlProblems.Invalid("limit", Since.LimitMistake)
                : Results.Json(
                    new MessageQuery(after, limit, to is null ? null : SentMessage.Digits(to), q).Read(messages), WhatsAppJson.Readable.MessagePage);

    private static IResult Clear(MessageStore messages, MessageJournal journal)
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

    private static IResult Send(StatusByHand request, MessageStore messages, StatusQueue statuses, TimeProvider time)
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

        statuses.EnqueueOne(new DueStatus(message, status, time.GetUtcNow(), request.ErrorCode));
        return Results.Accepted();
    }
}
