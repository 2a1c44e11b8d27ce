using Npgsql;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>
/// Keeps that a text came which was not taken: from whom, to whom and why, never what it said. Those that are taken
/// Workers.Ingest records. The same text again changes nothing.
/// </summary>
internal sealed class SmsRecords(NpgsqlDataSource database, TimeProvider clock)
{
    private const string RecordSql =
        """
        INSERT INTO sms_messages (id, message_sid, user_id, sender, recipient, body, media_count, outcome, received_at, processed_at)
        VALUES ($1, $2, $3::uuid, $4, $5, '', $6, $7, $8, $9)
        ON CONFLICT (message_sid) DO NOTHING
        """;

    // With the record in one statement, so that a number is answered exactly when its text is kept. Two texts at the same time
    // wait for each other on the row of their number. The text that was answered is answered again when it comes again.
    private const string RecordAndAskSql =
        $"""
        WITH recorded AS ({RecordSql}),
        replied AS (
            INSERT INTO sms_replies AS r (phone_number, message_sid, replied_at) VALUES ($4, $2, $9)
            ON CONFLICT (phone_number) DO UPDATE
            SET message_sid = excluded.message_sid,
                replied_at = CASE WHEN r.message_sid = excluded.message_sid THEN r.replied_at ELSE excluded.replied_at END
            WHERE r.message_sid = excluded.message_sid OR r.replied_at <= $10
            RETURNING 1
        )
        SELECT count(*) FROM replied
        """;

    private static readonly TimeSpan ReplyAgainAfter = TimeSpan.FromDays(1);

    /// <summary>Keeps a text that was over the limit.</summary>
    /// <param name="text">The text.</param>
    /// <param name="owner">Whose number it came from, if it is verified.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>False when it was kept before.</returns>
    public async Task<bool> AddRefusedAsync(InboundSms text, Guid? owner, CancellationToken cancellation) =>
        await Record(RecordSql, text, owner, "refused").RunAsync(cancellation) > 0;

    /// <summary>Keeps a text of a number that is nobody's, or not verified yet.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isLinked">Whether somebody has linked its number.</param>
    /// <param name="mayReply">Whether its sender wants an answer.</param>
    /// <param name="cancellation">Ends it; then nothing is kept.</param>
    /// <returns>Whether the sender is to be told: once a day.</returns>
    public async Task<bool> AddStrangerAsync(InboundSms text, bool isLinked, bool mayReply, CancellationToken cancellation)
    {
        var outcome = isLinked ? "unverified" : "unknown";
        if (!mayReply)
        {
            await Record(RecordSql, text, owner: null, outcome).RunAsync(cancellation);
            return false;
        }

        var command = Record(RecordAndAskSql, text, owner: null, outcome);
        command.Parameters.AddWithValue(clock.GetUtcNow() - ReplyAgainAfter);
        return await command.ScalarAsync<long>(cancellation) > 0;
    }

    private NpgsqlCommand Record(string sql, InboundSms text, Guid? owner, string outcome)
    {
        var now = clock.GetUtcNow();
        return database.Command(
            sql, Guid.CreateVersion7(now), text.MessageSid, owner, text.From, text.To, (short)text.Media.Count, outcome, text.ReceivedAt, now);
    }
}
