using Switchboard.Simulator.Control;
using Switchboard.Simulator.Journal;
using Switchboard.Simulator.Twilio.Media;

namespace Switchboard.Simulator.Twilio;

/// <summary><c>/_sim/twilio</c>: what a test or a person sees of Twilio and does to it.</summary>
internal static class TwilioControl
{
    public static void MapTwilioControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/twilio");
        group.MapPost("/messages", ReceiveAsync);
        group.MapPost("/repeat", RepeatAsync);
        group.MapPost("/media", MakeMedia);
        group.MapGet("/messages", List);
        group.MapGet("/messages/count", (TextStore texts) => new TextCount(texts.Count));
        group.MapDelete("/messages", Clear);
        group.MapGet("/statuses", (StatusQueue statuses) => statuses.Settings);
        group.MapPost("/statuses", Change);
        group.MapDelete("/statuses", (StatusQueue statuses) => statuses.Settings = StatusSettings.Default);
        group.MapPost("/statuses/send", Send);
        group.MapGet("/opt-outs", (OptOuts optOuts) => optOuts.All);
        group.MapPost("/opt-outs", (OptOutNumber request, OptOuts optOuts) => OptOut(request.Number, optOuts.Add));
        group.MapDelete("/opt-outs", (OptOuts optOuts, string? number = null) => OptOut(number, optOuts.Remove));
    }

    private static async Task<IResult> ReceiveAsync(NewText text, InboundTexts inbound, CancellationToken cancellation) =>
        text.Errors() is { Count: > 0 } errors
            ? Results.ValidationProblem(errors, title: "No text was sent.")
            : Results.Json(await inbound.ReceiveAsync(text, cancellation), TwilioJson.Readable.InboundAnswer);

    private static async Task<IResult> RepeatAsync(InboundTexts inbound, CancellationToken cancellation) =>
        inbound.Last is not { } text
            ? Results.Problem("Send a text first: POST /_sim/twilio/messages.", statusCode: 409, title: "No text came in yet.")
            : Results.Json(await inbound.DeliverAsync(text, cancellation), TwilioJson.Readable.InboundAnswer);

    private static IResult MakeMedia(NewMedia media, MediaLinks links)
    {
        if (media.Mistake is { } mistake)
        {
            return ControlProblems.Invalid("body", mistake);
        }

        var spec = MediaSpec.Of(media);
        return Results.Json(
            new MediaView(links.Resource(Sids.Text(hasMedia: true), spec), spec.ContentType, spec.Size, spec.Seconds), TwilioJson.Readable.MediaView);
    }

    private static IResult List(
        TextStore texts,
        TimeProvider time,
        string? since = null,
        string? cursor = null,
        int limit = Since.DefaultLimit,
        string? to = null,
        string? from = null,
        string? direction = null,
        string? q = null) =>
        !Since.TryParse(since ?? cursor, out var after) ? ControlProblems.Invalid("since", Since.Mistake)
        : limit is < 1 or > Since.MostLimit ? ControlProblems.Invalid("limit", Since.LimitMistake)
        : TextDirections.Parse(direction) is not { } directions ? ControlProblems.Invalid("direction", TextDirections.Mistake)
        : Results.Json(new TextQuery(after, limit, to, from, directions, q).Read(texts, time.GetUtcNow()), TwilioJson.Readable.TextPage);

    private static IResult Clear(TextStore texts, TextJournal journal, OptOuts optOuts)
    {
        texts.Clear();
        journal.Clear();
        foreach (var number in optOuts.All)
        {
            journal.WriteOptOut(number, isOut: true);
        }

        return Results.NoContent();
    }

    private static IResult Change(StatusSettings change, StatusQueue statuses)
    {
        if (change.Errors() is { Count: > 0 } errors)
        {
            return Results.ValidationProblem(errors, title: "The statuses stay as they are.");
        }

        statuses.Settings = statuses.Settings.Merge(change);
        return Results.Json(statuses.Settings, TwilioJson.Default.StatusSettings);
    }

    private static IResult Send(StatusByHand request, TextStore texts, StatusQueue statuses, TimeProvider time)
    {
        if (TextStatusNames.ParseTold(request.Status) is not { } status)
        {
            return ControlProblems.Invalid("status", "Use sent, delivered, undelivered or failed.");
        }

        if (request.Sid is null || texts.Find(request.Sid) is not { } text)
        {
            return Results.Problem(
                "Take a sid from GET /_sim/twilio/messages.", statusCode: 404, title: $"There is no text {request.Sid}.");
        }

        if (text.StatusCallback is null)
        {
            return Results.Problem("It was sent without a StatusCallback.", statusCode: 409, title: "Nobody wants to know.");
        }

        text.Plan = new TextPlan(status, ErrorCode: request.ErrorCode);
        statuses.AddAgain(new DueStatus(text, status, request.ErrorCode, time.GetUtcNow()));
        return Results.Accepted();
    }

    private static IResult OptOut(string? number, Action<string> change)
    {
        if (number is null || SendValidation.Number(number) is not { } valid)
        {
            return ControlProblems.Invalid("number", "Name a number, such as +15550100001.");
        }

        change(valid);
        return Results.NoContent();
    }
}
