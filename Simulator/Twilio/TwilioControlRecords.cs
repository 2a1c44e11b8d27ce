using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Twilio;

/// <summary>What <c>POST /_sim/twilio/messages</c> and <c>/repeat</c> answer.</summary>
/// <param name="MessageSid">The text's id.</param>
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

/// <summary>Texts.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="NextCursor">The <c>since</c> of the next page; null when this is the last.</param>
internal sealed record TextPage(IReadOnlyList<TextView> Items, string? NextCursor);

/// <summary>One of them; <c>told</c> are the statuses that the edge has acknowledged.</summary>
internal sealed record TextView(
    string Sid,
    string To,
    string From,
    string? MessagingServiceSid,
    string Body,
    int NumMedia,
    string Status,
    int? ErrorCode,
    string Direction,
    DateTimeOffset SentAt,
    string? StatusCallback,
    IReadOnlyList<string> Told)
{
    public static TextView Of(TextMessage text, DateTimeOffset now)
    {
        var (plan, status) = (text.Plan, text.Plan.At(now));
        return new TextView(
            text.Id,
            text.To,
            text.From,
            text.MessagingServiceSid,
            text.Body,
            text.NumMedia,
            status.Name(),
            status is TextStatus.Undelivered or TextStatus.Failed ? plan.ErrorCode : null,
            TextDirections.Name(text.Direction),
            text.At,
            text.StatusCallback,
            [.. Enum.GetValues<TextStatus>().Where(text.WasTold).Select(TextStatusNames.Name)]);
    }
}

/// <summary>How many there are.</summary>
internal sealed record TextCount(int Count);

/// <summary>The body of <c>POST /_sim/twilio/statuses/send</c>.</summary>
/// <param name="Sid">The text.</param>
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
