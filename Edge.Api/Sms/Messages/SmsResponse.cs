using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>A text of one of the user's numbers.</summary>
/// <param name="Id">Its id.</param>
/// <param name="MessageSid">The provider's id of it.</param>
/// <param name="From">The number that sent it.</param>
/// <param name="To">The number that it was sent to.</param>
/// <param name="Body">What it says; of one that was refused nothing is kept.</param>
/// <param name="MediaCount">How many files it has.</param>
/// <param name="Outcome">accepted, or refused: over the hourly limit.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Matched">How many rules matched; null until they were asked.</param>
internal sealed record SmsResponse(
    Guid Id,
    string MessageSid,
    string From,
    string To,
    string Body,
    int MediaCount,
    string Outcome,
    DateTimeOffset ReceivedAt,
    int? Matched)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, message_sid, sender, recipient, body, media_count, outcome, received_at, matched";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static SmsResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt16(5), row.GetString(6),
        row.GetFieldValue<DateTimeOffset>(7), row.Nullable<short>(8));
}
