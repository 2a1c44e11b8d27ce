using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>An enrichment item that is to be made: a row in <c>enrichment_items</c>.</summary>
/// <param name="Id">Its id, a UUIDv7: lists are in the order of ids.</param>
/// <param name="Of">The SMS that it is a part of.</param>
/// <param name="Part">0 for the SMS, n for its n-th media file.</param>
/// <param name="Kind">One of <see cref="MediaKind"/>.</param>
/// <param name="Text">What the SMS says; null for media.</param>
/// <param name="Entities">What was found in it, as JSON; null for media.</param>
/// <param name="MediaUrl">Where the file is; null for the SMS, or when the provider did not say.</param>
/// <param name="ContentType">What the provider says that it is.</param>
/// <param name="Reason">Why it has failed already; null if it has not.</param>
internal sealed record NewItem(
    Guid Id, MatchedSms Of, short Part, string Kind, string? Text, string? Entities, string? MediaUrl, string? ContentType, string? Reason)
{
    /// <summary>Why there is nothing to fetch.</summary>
    public const string NoAddress = "The provider named no address for this file.";

    public const string Pending = "pending";
    public const string Completed = "completed";
    public const string Failed = "failed";

    /// <summary>The SMS is done with at once; a file is still to be fetched, if it is known from where.</summary>
    public string Status => Part == 0 ? Completed : Reason is null ? Pending : Failed;

    public static NewItem OfText(Guid id, MatchedSms sms) => new(
        id, sms, 0, MediaKind.Text, sms.Incoming.Body, TextEntitiesJson.Write(sms.Entities), null, null, null);

    public static NewItem OfMedia(Guid id, MatchedSms sms, int part, InboundMedia media) => new(
        id,
        sms,
        checked((short)part),
        MediaKind.Of(media.ContentType),
        null,
        null,
        media.Url is null ? null : StorableText.From(media.Url),
        media.ContentType is null ? null : StorableText.From(media.ContentType),
        media.Url is null ? NoAddress : null);
}

/// <summary>
/// The SMS that were taken, with their items. Rows are locked in key order, so two processes cannot deadlock.
/// </summary>
internal static class AcceptedSmsStore
{
    // One of which there is a row that says it was not taken (its number was not verified then, or it was over the limit) is taken in that
    // row.
    private const string InsertSql =
        """
        INSERT INTO sms_messages (id, message_sid, user_id, sender, recipient, body, media_count, outcome, received_at, processed_at,
        matched)
        SELECT id, message_sid, user_id, sender, recipient, body, media_count, 'accepted', received_at, $9, matched
        FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::timestamptz[],
        $10::smallint[])
            AS text (id, message_sid, user_id, sender, recipient, body, media_count, received_at, matched)
        ON CONFLICT (message_sid) DO UPDATE
            SET user_id = excluded.user_id, sender = excluded.sender, recipient = excluded.recipient, body = excluded.body,
                media_count = excluded.media_count, outcome = excluded.outcome, received_at = excluded.received_at,
                processed_at = excluded.processed_at, matched = excluded.matched
            WHERE sms_messages.outcome <> 'accepted'
        RETURNING message_sid, id
        """;

    private const string InsertItemsSql =
        """
        INSERT INTO enrichment_items (id, user_id, message_id, part, source, kind, status, reason, text, media_url, content_type, entities,
                                      created_at, completed_at, failed_at)
        SELECT id, user_id, message_id, part, source, kind, status, reason, text, media_url, content_type, entities::jsonb,
               $13, CASE WHEN status = 'completed' THEN $13 END, CASE WHEN status = 'failed' THEN $13 END
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[],
                    $11::text[], $12::text[])
            AS item (id, user_id, message_id, part, source, kind, status, reason, text, media_url, content_type, entities)
        """;

    private const string LockWaitingSql =
        """
        SELECT id, user_id, sender, recipient, body, received_at
        FROM sms_messages
        WHERE id = ANY ($1) AND matched IS NULL AND outcome = 'accepted'
        ORDER BY message_sid COLLATE "C"
        FOR UPDATE
        """;

    /// <summary>Inserts the SMS and returns the rows of those that are new, by their sid.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="messages">The SMS, each once and in the order of their sids: two processes with the same SMS wait
    /// for each other, and never deadlock.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Dictionary<string, Guid>> InsertAsync(
        NpgsqlTransaction transaction, IReadOnlyList<MatchedSms> messages, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var taken = await transaction.Command(
            InsertSql,
            Column(sms => sms.Id),
            Column(sms => sms.Incoming.Sid),
            Column(sms => sms.Incoming.UserId),
            Column(sms => StorableText.From(sms.Incoming.Sms.From)),
            Column(sms => StorableText.From(sms.Incoming.Sms.To)),
            Column(sms => sms.Incoming.Body),
            Column(sms => (short)Math.Min(sms.Incoming.Sms.Media.Count, short.MaxValue)),
            Column(sms => sms.Incoming.Sms.ReceivedAt.ToUniversalTime()),
            now,
            Column(sms => sms.Rules is null ? null : (short?)Math.Min(sms.Rules.Count, short.MaxValue)))
            .ListAsync(row => (Sid: row.GetString(0), Id: row.GetGuid(1)), cancellationToken);
        return taken.ToDictionary(row => row.Sid, row => row.Id, StringComparer.Ordinal);

        T[] Column<T>(Func<MatchedSms, T> column) => [.. messages.Select(column)];
    }

    /// <summary>Makes enrichment items, all in one statement.</summary>
    public static Task InsertItemsAsync(
        NpgsqlTransaction transaction, IReadOnlyList<NewItem> items, DateTimeOffset now, CancellationToken cancellationToken)
    {
        return transaction.Command(
            InsertItemsSql,
            Column(item => item.Id),
            Column(item => item.Of.Incoming.UserId),
            Column(item => item.Of.Id),
            Column(item => item.Part),
            Column(item => item.Of.Incoming.Source),
            Column(item => item.Kind),
            Column(item => item.Status),
            Column(item => item.Reason),
            Column(item => item.Text),
            Column(item => item.MediaUrl),
            Column(item => item.ContentType),
            Column(item => item.Entities),
            now).RunAsync(cancellationToken);

        T[] Column<T>(Func<NewItem, T> column) => [.. items.Select(column)];
    }

    /// <summary>Of these SMS, those that wait; one that another transaction evaluates is waited for, and then is none of them.</summary>
    public static Task<List<WaitingSms>> LockWaitingAsync(
        NpgsqlTransaction transaction, IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken) =>
        transaction.Command(LockWaitingSql, (object)messageIds.ToArray()).ListAsync(
            row => new WaitingSms(
                row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5)),
            cancellationToken);

    /// <summary>Of these SMS, those whose audio is settled, all of it, with their transcripts. Audio without one says nothing.</summary>
    public static async Task<IReadOnlyList<SettledSms>> SettledAsync(
        NpgsqlTransaction transaction, IReadOnlyList<WaitingSms> messages, CancellationToken cancellationToken)
    {
        var audio = (await transaction.Command(
            """
            SELECT message_id, transcript, status IN ('pending', 'processing')
            FROM enrichment_items
            WHERE message_id = ANY ($1) AND kind = 'audio'
            ORDER BY message_id, part
            """,
            (object)messages.Select(sms => sms.Id).ToArray()).ListAsync(
                row => (MessageId: row.GetGuid(0), Transcript: row.Text(1), IsOpen: row.GetBoolean(2)), cancellationToken))
            .ToLookup(item => item.MessageId);
        return
        [
            .. messages.Where(sms => !audio[sms.Id].Any(item => item.IsOpen))
                .Select(sms => sms.With([.. audio[sms.Id].Select(item => item.Transcript).OfType<string>()])),
        ];
    }

    /// <summary>Records that the rules were evaluated on SMS, and how many matched.</summary>
    public static Task SetMatchedAsync(
        NpgsqlTransaction transaction, IReadOnlyList<(Guid Id, int Matched)> messages, CancellationToken cancellationToken) =>
        transaction.Command(
            """
            UPDATE sms_messages SET matched = asked.matched
            FROM unnest($1::uuid[], $2::smallint[]) AS asked (id, matched)
            WHERE sms_messages.id = asked.id
            """,
            messages.Select(sms => sms.Id).ToArray(),
            messages.Select(sms => (short)Math.Min(sms.Matched, short.MaxValue)).ToArray()).RunAsync(cancellationToken);
}
