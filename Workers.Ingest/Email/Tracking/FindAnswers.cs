using Npgsql;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Finds the stored mails that may answer one that is about to be stored: they came in, or were read, before it.</summary>
internal static class FindAnswers
{
    // Each part by its own index, one look-up a mail: _names (which knows no accounts, so it is asked before), _conversation, _subject;
    // see AccountTransaction.
    private const string Sql =
        """
        SELECT received.id, names, conversation_key, subject_key, is_answer_subject, sender, kind, received_at, tracked_email_id, matched_by
        FROM (
            SELECT naming.id
            FROM (SELECT id, account_id FROM received_emails WHERE names && $2 OFFSET 0) AS naming
            WHERE naming.account_id = $1
            UNION
            SELECT answer.id
            FROM unnest($3::uuid[], $4::timestamptz[]) AS sent (key, sent_at)
            CROSS JOIN LATERAL (
                SELECT id FROM received_emails
                WHERE account_id = (SELECT $1::uuid) AND conversation_key = sent.key AND received_at >= sent.sent_at
                OFFSET 0) AS answer
            UNION
            SELECT answer.id
            FROM unnest($5::uuid[], $6::text[], $7::timestamptz[]) AS sent (key, recipient, sent_at)
            CROSS JOIN LATERAL (
                SELECT id FROM received_emails
                WHERE account_id = (SELECT $1::uuid) AND subject_key = sent.key AND is_answer_subject AND sender = sent.recipient
                  AND received_at >= sent.sent_at AND received_at <= sent.sent_at + $8
                OFFSET 0) AS answer
        ) AS affected
        JOIN received_emails AS received ON received.id = affected.id
        """;

    /// <summary>The stored answers whose match may be another one with these mails.</summary>
    public static async Task<IReadOnlyList<StoredAnswer>> ExecuteAsync(
        AccountTransaction account, IReadOnlyList<SentMail> sent, TimeSpan subjectWindow, CancellationToken cancellation)
    {
        if (sent.Count == 0)
            return [];
        var inConversations = sent.Where(mail => mail.ConversationKey is not null).ToArray();
        var addressed = sent.SelectMany(mail => mail.Recipients, (mail, recipient) => (mail.SubjectKey, Recipient: recipient, mail.SentAt)).ToArray();

        await using var command = account.Command(Sql);
        AccountTransaction.Add(command, sent.Select(mail => mail.Key).ToArray());
        AccountTransaction.Add(command, inConversations.Select(mail => mail.ConversationKey!.Value).ToArray());
        AccountTransaction.Add(command, inConversations.Select(mail => mail.SentAt).ToArray());
        AccountTransaction.Add(command, addressed.Select(mail => mail.SubjectKey).ToArray());
        AccountTransaction.Add(command, addressed.Select(mail => mail.Recipient).ToArray());
        AccountTransaction.Add(command, addressed.Select(mail => mail.SentAt).ToArray());
        AccountTransaction.Add(command, subjectWindow);

        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var answers = new List<StoredAnswer>();
        while (await reader.ReadAsync(cancellation))
            answers.Add(Read(reader));
        return answers;
    }

    private static StoredAnswer Read(NpgsqlDataReader row) => new(
        new ReceivedMail(
            row.GetGuid(0),
            row.GetFieldValue<Guid[]>(1),
            row.IsDBNull(2) ? null : row.GetGuid(2),
            row.GetGuid(3),
            row.GetBoolean(4),
            row.GetString(5),
            row.GetString(6),
            row.GetFieldValue<DateTimeOffset>(7)),
        row.IsDBNull(8) ? null : new Match(row.GetGuid(8), row.GetString(9)));
}
