using System.Text.Json.Serialization;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>A line of the journal: a message that was taken, or statuses that the edge has acknowledged.</summary>
internal sealed record JournalLine(
    [property: JsonPropertyName("m")] JournalMessage? Message = null,
    [property: JsonPropertyName("t")] IReadOnlyList<JournalTold>? Told = null);

/// <summary>A message.</summary>
internal sealed record JournalMessage(
    [property: JsonPropertyName("n")] long Sequence,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("to")] string To,
    [property: JsonPropertyName("k")] string Type,
    [property: JsonPropertyName("b")] string Body,
    [property: JsonPropertyName("c")] string? CallbackData,
    [property: JsonPropertyName("p")] int Promised);

/// <summary>A status that was told.</summary>
internal sealed record JournalTold([property: JsonPropertyName("n")] long Sequence, [property: JsonPropertyName("s")] int Status);
