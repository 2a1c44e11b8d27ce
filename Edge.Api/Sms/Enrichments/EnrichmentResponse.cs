using System.Text.Json;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>What was made of a part of a text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="MessageId">The text; its other parts have the same.</param>
/// <param name="MessageSid">The provider's id of the text.</param>
/// <param name="Part">0 is what the text says, n its n-th media file.</param>
/// <param name="Source">sms, or mms when the text came with media.</param>
/// <param name="Kind">text, image, audio, video or document.</param>
/// <param name="Status">pending, processing, completed or failed.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Attempts">How often its media was asked for.</param>
/// <param name="From">Who sent the text.</param>
/// <param name="To">The number that it was sent to.</param>
/// <param name="Text">What the text says, if this is that part.</param>
/// <param name="ContentType">What the file is: as announced, once completed as its bytes say.</param>
/// <param name="SizeBytes">How large the file is.</param>
/// <param name="Transcript">What is said in it, if it is audio.</param>
/// <param name="TranscriptConfidence">How sure that is, 0 to 1.</param>
/// <param name="TranscriptNote">Why audio has no transcript.</param>
/// <param name="Entities">links, dates, phoneNumbers and amounts of the text or transcript, as they were found.</param>
/// <param name="ReceivedAt">When the text came.</param>
/// <param name="CreatedAt">When the item was made.</param>
/// <param name="CompletedAt">When it was completed.</param>
/// <param name="FailedAt">When it failed.</param>
internal record EnrichmentResponse(
    Guid Id,
    Guid MessageId,
    string? MessageSid,
    int Part,
    string Source,
    string Kind,
    string Status,
    string? Reason,
    int Attempts,
    string? From,
    string? To,
    string? Text,
    string? ContentType,
    long? SizeBytes,
    string? Transcript,
    float? TranscriptConfidence,
    string? TranscriptNote,
    JsonElement? Entities,
    DateTimeOffset? ReceivedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset? FailedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        """
        i.id, i.message_id, m.message_sid, i.part, i.source, i.kind, i.status, i.reason, i.attempts, m.sender, m.recipient, i.text,
        i.content_type, i.size_bytes, i.transcript, i.transcript_confidence, i.transcript_note, i.entities,
        m.received_at, i.created_at, i.completed_at, i.failed_at
        """;

    /// <summary>How many <see cref="Columns"/> are.</summary>
    public const int ColumnCount = 22;

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static EnrichmentResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.Text(2),
        row.GetInt16(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        row.Text(7),
        row.GetInt32(8),
        row.Text(9),
        row.Text(10),
        row.Text(11),
        row.Text(12),
        row.Nullable<long>(13),
        row.Text(14),
        row.Nullable<float>(15),
        row.Text(16),
        row.Text(17) is { } entities ? JsonSerializer.Deserialize<JsonElement>(entities) : null,
        row.Nullable<DateTimeOffset>(18),
        row.GetFieldValue<DateTimeOffset>(19),
        row.Nullable<DateTimeOffset>(20),
        row.Nullable<DateTimeOffset>(21));
}
