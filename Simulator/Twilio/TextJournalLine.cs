using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Twilio;

/// <summary>A line of the journal: a text, a status that the edge has acknowledged, or a number that opted out or in.</summary>
internal sealed record TextJournalLine(
    [property: JsonPropertyName("m")] JournalText? Text = null,
    [property: JsonPropertyName("t")] JournalToldStatus? Told = null,
    [property: JsonPropertyName("o")] JournalOptOut? OptOut = null);

/// <summary>A text.</summary>
internal sealed record JournalText(
    [property: JsonPropertyName("n")] long Sequence,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("d")] TextDirection Direction,
    [property: JsonPropertyName("to")] string To,
    [property: JsonPropertyName("f")] string From,
    [property: JsonPropertyName("g")] string? MessagingServiceSid,
    [property: JsonPropertyName("b")] string Body,
    [property: JsonPropertyName("k")] int NumMedia,
    [property: JsonPropertyName("c")] string? StatusCallback,
    [property: JsonPropertyName("p")] TextPlan Plan)
{
    public static JournalText Of(TextMessage text) => new(
        text.Sequence,
        text.Id,
        text.Direction,
        text.To,
        text.From,
        text.MessagingServiceSid,
        text.Body,
        text.NumMedia,
        text.StatusCallback,
        text.Plan);

    public TextMessage ToText() => new(Sequence, Id, Direction, To, From, MessagingServiceSid, Body, NumMedia, StatusCallback, Plan);
}

/// <summary>A status that was told.</summary>
internal sealed record JournalToldStatus([property: JsonPropertyName("n")] long Sequence, [property: JsonPropertyName("s")] TextStatus Status);

/// <summary>A number that wants no texts, or wants them again.</summary>
internal sealed record JournalOptOut([property: JsonPropertyName("p")] string Number, [property: JsonPropertyName("o")] bool IsOut);
