using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>What <c>GET /_sim/twilio/messages</c> asks for.</summary>
/// <param name="After">The place after which to look; null for the end of the list.</param>
/// <param name="Limit">How many at the most.</param>
/// <param name="To">A recipient, in whatever spelling.</param>
/// <param name="From">A sender, in whatever spelling.</param>
/// <param name="Directions">Which ways.</param>
/// <param name="Text">What the body contains, whatever its case.</param>
internal sealed record SmsQuery(long? After, int Limit, string? To, string? From, SmsDirection[] Directions, string? Text)
{
    public SmsPage Read(MessageStore<SmsMessage> store, DateTimeOffset now)
    {
        var (page, next) = Since.Page(store, After, Limit, Matches);
        return new SmsPage([.. page.Select(sms => SmsView.Of(sms, now))], next);
    }

    private bool Matches(SmsMessage sms) =>
        Directions.Contains(sms.Direction)
        && (To is null || IsSame(To, sms.To))
        && (From is null || IsSame(From, sms.From))
        && (Text is null || sms.Body.Contains(Text, StringComparison.OrdinalIgnoreCase));

    // a + in a query is a space, and people write numbers in groups
    private static bool IsSame(string asked, string number)
    {
        var (digits, of) = (asked.Where(char.IsLetterOrDigit), number.Where(char.IsLetterOrDigit));
        return digits.SequenceEqual(of);
    }
}

/// <summary>A page of <c>GET /_sim/twilio/messages</c>.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="NextCursor">The <c>since</c> of the next page; null when this is the last.</param>
internal sealed record SmsPage(IReadOnlyList<SmsView> Items, string? NextCursor);

/// <summary>One of them; <c>told</c> are the statuses that the edge has acknowledged.</summary>
internal sealed record SmsView(
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
    public static SmsView Of(SmsMessage sms, DateTimeOffset now)
    {
        var (plan, status) = (sms.Plan, sms.Plan.At(now));
        return new SmsView(
            sms.Id,
            sms.To,
            sms.From,
            sms.MessagingServiceSid,
            sms.Body,
            sms.NumMedia,
            status.Name(),
            status is SmsStatus.Undelivered or SmsStatus.Failed ? plan.ErrorCode : null,
            SmsDirections.Name(sms.Direction),
            sms.At,
            sms.StatusCallback,
            [.. Enum.GetValues<SmsStatus>().Where(sms.WasTold).Select(SmsStatusNames.Name)]);
    }
}

/// <summary>How many there are.</summary>
internal sealed record SmsCount(int Count);
