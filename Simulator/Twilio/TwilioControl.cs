using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

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
        group.MapGet("/messages/count", (MessageStore<SmsMessage> messages) => new SmsCount(messages.Count));
        group.MapDelete("/messages", Clear);
        group.MapGet("/statuses", (StatusQueue statuses) => statuses.Settings);
        group.MapPost("/statuses", Change);
        group.MapDelete("/statuses", (StatusQueue statuses) => statuses.Settings = StatusSettings.Default);
        group.MapPost("/statuses/send", Send);
        group.MapGet("/opt-outs", (OptOuts optOuts) => optOuts.All);
        group.MapPost("/opt-outs", (OptOutNumber request, OptOuts optOuts) => OptOut(request.Number, optOuts.Add));
        group.MapDelete("/opt-outs", (OptOuts optOuts, string? number = null) => OptOut(number, optOuts.Remove));
    }

    private static async Task<IResult> ReceiveAsync(NewSms sms, SmsInbox inbound, CancellationToken cancellationToken) =>
        sms.Errors() is { Count: > 0 } errors
            ? Results.ValidationProblem(errors, title: "No SMS was sent.")
            : Results.Json(await inbound.ReceiveAsync(sms, cancellationToken), TwilioJson.Readable.InboundAnswer);

    private static async Task<IResult> RepeatAsync(SmsInbox inbound, CancellationToken cancellationToken) =>
        inbound.Last is not { } sms
            ? Results.Problem("Send an SMS first: POST /_sim/twilio/messages.", statusCode: 409, title: "No SMS came in yet.")
            : Results.Json(await inbound.DeliverAsync(sms, cancellationToken), TwilioJson.Readable.InboundAnswer);

    private static IResult MakeMedia(NewMedia media, MediaLinks links)
    {
        if (media.Error is { } error)
        {
            return ControlProblems.Invalid("body", error);
        }

        var spec = MediaSpec.Of(media);
        return Results.Json(
            new MediaView(links.Resource(Sids.Message(hasMedia: true), spec), spec.ContentType, spec.Size, spec.Seconds),
            TwilioJson.Readable.MediaView);
    }

    private static IResult List(
        MessageStore<SmsMessage> messages,
        TimeProvider timeProvider,
        string? since = null,
        string? cursor = null,
        int limit = Since.DefaultLimit,
        string? to = null,
        string? from = null,
        string? direction = null,
        string? q = null) =>
        !Since.TryParse(since ?? cursor, out var after) ? ControlProblems.Invalid("since", Since.Error)
        : limit is < 1 or > Since.MostLimit ? ControlProblems.Invalid("limit", Since.LimitError)
        : SmsDirections.Parse(direction) is not { } directions ? ControlProblems.Invalid("direction", SmsDirections.Error)
        : Results.Json(new SmsQuery(after, limit, to, from, directions, q).Read(messages, timeProvider.GetUtcNow()),
            TwilioJson.Readable.SmsPage);

    private static IResult Clear(MessageStore<SmsMessage> messages, SmsJournal journal, OptOuts optOuts)
    {
        messages.Clear();
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

    private static IResult Send(StatusByHand request, MessageStore<SmsMessage> messages, StatusQueue statuses, TimeProvider timeProvider)
    {
        if (SmsStatusNames.ParseTold(request.Status) is not { } status)
        {
            return ControlProblems.Invalid("status", "Use sent, delivered, undelivered or failed.");
        }

        if (request.Sid is null || messages.Find(request.Sid) is not { } sms)
        {
            return Results.Problem(
                "Take a sid from GET /_sim/twilio/messages.", statusCode: 404, title: $"There is no SMS {request.Sid}.");
        }

        if (sms.StatusCallback is null)
        {
            return Results.Problem("It was sent without a StatusCallback.", statusCode: 409, title: "Nobody wants to know.");
        }

        sms.Plan = new SmsPlan(status, ErrorCode: request.ErrorCode);
        statuses.AddAgain(new DueStatus(sms, status, request.ErrorCode, timeProvider.GetUtcNow()));
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

/// <summary>What <c>POST /_sim/twilio/messages</c> and <c>/repeat</c> answer.</summary>
/// <param name="MessageSid">The SMS's id.</param>
/// <param name="Status">The HTTP status of the edge; null when it did not answer.</param>
/// <param name="Twiml">What it answered.</param>
/// <param name="Reply">What the first <c>&lt;Message&gt;</c> in it says; null when there is none.</param>
/// <param name="Answers">All answers, when the webhook was called several times.</param>
internal sealed record InboundAnswer(
    string MessageSid,
    int? Status,
    string? Twiml,
    string? Reply,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<InboundAnswer>? Answers = null);

/// <summary>The body of <c>POST /_sim/twilio/statuses/send</c>.</summary>
/// <param name="Sid">The SMS.</param>
/// <param name="Status">sent, delivered, undelivered or failed.</param>
/// <param name="ErrorCode">Twilio's code of a failure.</param>
internal sealed record StatusByHand(string? Sid, string? Status, int? ErrorCode = null);

/// <summary>The body of <c>POST /_sim/twilio/opt-outs</c>.</summary>
internal sealed record OptOutNumber(string? Number);

/// <summary>What <c>POST /_sim/twilio/media</c> answers.</summary>
/// <param name="Url">Where the file is, as a webhook names it.</param>
/// <param name="ContentType">What it is said to be.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Seconds">How long it lasts; 0 for what is no audio.</param>
internal sealed record MediaView(string Url, string ContentType, long SizeBytes, double Seconds);
