using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>
/// That an SMS came which was not taken: from whom, to whom and why, never what it said. Those that are taken Workers.Ingest records.
/// </summary>
internal sealed class RefusedSmsStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    private const string RecordSql =
        """
        INSERT INTO sms_messages (id, message_sid, user_id, sender, recipient, body, media_count, outcome, received_at, processed_at)
        VALUES ($1, $2, $3::uuid, $4, $5, '', $6, $7, $8, $9)
        ON CONFLICT (message_sid) DO NOTHING
        """;

    // With the record in one statement, so that a number is answered exactly when its SMS is kept. Two SMS at the same time
    // wait for each other on the row of their number. The SMS that was answered is answered again when it comes again.
    private const string RecordAndAskSql =
        $"""
        WITH recorded AS ({RecordSql}),
        replied AS (
            INSERT INTO sms_replies AS r (phone_number, message_sid, replied_at) VALUES ($11, $2, $9)
            ON CONFLICT (phone_number) DO UPDATE
            SET message_sid = excluded.message_sid,
                replied_at = CASE WHEN r.message_sid = excluded.message_sid THEN r.replied_at ELSE excluded.replied_at END
            WHERE r.message_sid = excluded.message_sid OR r.replied_at <= $10
            RETURNING 1
        )
        SELECT count(*) FROM replied
        """;

    private static readonly TimeSpan ReplyAgainAfter = TimeSpan.FromDays(1);

    /// <summary>Keeps an SMS that was over the limit; the same again changes nothing.</summary>
    /// <param name="sms">The SMS.</param>
    /// <param name="owner">Whose number it came from, if it is verified.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False when it was kept before.</returns>
    public async Task<bool> AddRefusedAsync(InboundSms sms, Guid? owner, CancellationToken cancellationToken) =>
        await Record(RecordSql, sms, owner, "refused").RunAsync(cancellationToken) > 0;

    /// <summary>Keeps an SMS of an unknown sender: its number is nobody's, not verified yet, or it is no number.</summary>
    /// <param name="sms">The SMS.</param>
    /// <param name="isLinked">Whether somebody has linked its number.</param>
    /// <param name="replyTo">Its number; null if it wants no answer.</param>
    /// <param name="cancellationToken">Ends it; then nothing is kept.</param>
    /// <returns>Whether the sender is to be told: once a day.</returns>
    public async Task<bool> AddUnknownAsync(InboundSms sms, bool isLinked, string? replyTo, CancellationToken cancellationToken)
    {
        var outcome = isLinked ? "unverified" : "unknown";
        if (replyTo is null)
        {
            await Record(RecordSql, sms, owner: null, outcome).RunAsync(cancellationToken);
            return false;
        }

        var command = Record(RecordAndAskSql, sms, owner: null, outcome);
        command.Parameters.AddWithValue(timeProvider.GetUtcNow() - ReplyAgainAfter);
        command.Parameters.AddWithValue(replyTo);
        return await command.ScalarAsync<long>(cancellationToken) > 0;
    }

    private NpgsqlCommand Record(string sql, InboundSms sms, Guid? owner, string outcome)
    {
        var now = timeProvider.GetUtcNow();
        return dataSource.Command(
            sql, Guid.CreateVersion7(now), sms.MessageSid, owner, StorableText.From(sms.From), StorableText.From(sms.To),
            (short)sms.Media.Count, outcome, sms.ReceivedAt, now);
    }
}
