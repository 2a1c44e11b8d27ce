using Npgsql;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Finds the stored sent mail that an answer may belong to, where it names none: the last one of its conversation, or of its subject. See <see cref="AccountTransaction"/>.</summary>
internal static class FindCandidates
{
    // idx_tracked_emails_conversation, from its end
    private const string InConversationSql =
        """
        SELECT answer.position, sent.id, sent.message_key, sent.sent_at
        FROM unnest($2::uuid[], $3::timestamptz[]) WITH ORDINALITY AS answer (key, received_at, position)
        CROSS JOIN LATERAL (
            SELECT id, message_key, sent_at FROM tracked_emails
            WHERE account_id = (SELECT $1::uuid) AND conversation_key = answer.key AND sent_at <= answer.received_at
            ORDER BY sent_at DESC, message_key DESC LIMIT 1) AS sent
        """;

    // idx_tracked_emails_subject, from its end
    private const string WithSubjectSql =
        """
        SELECT answer.position, sent.id, sent.message_key, sent.sent_at
        FROM unnest($2::uuid[], $3::timestamptz[], $4::text[]) WITH ORDINALITY AS answer (key, received_at, sender, position)
        CROSS JOIN LATERAL (
            SELECT id, message_key, sent_at FROM tracked_emails
            WHERE account_id = (SELECT $1::uuid) AND subject_key = answer.key AND sent_at <= answer.received_at AND sent_at >= answer.received_at - $5
              AND answer.sender = ANY (recipients)
            ORDER BY sent_at DESC, message_key DESC LIMIT 1) AS sent
        """;

    /// <summary>For each answer, which all have a conversation, the last one sent in it before; null where there is none.</summary>
    public static async Task<Candidate?[]> InConversationAsync(
        AccountTransaction account, IReadOnlyList<ReceivedMail> answers, CancellationToken cancellation)
    {
        if (answers.Count == 0)
            return [];
        await using var command = account.Command(InConversationSql);
        AccountTransaction.Add(command, answers.Select(answer => answer.ConversationKey!.Value).ToArray());
        AccountTransaction.Add(command, answers.Select(answer => answer.ReceivedAt).ToArray());
        return await ReadAsync(command, answers.Count, cancellation);
    }

    /// <summary>For each answer the last one sent with its subject to whom it is from, within the window before; null where there is none.</summary>
    public static async Task<Candidate?[]> WithSubjectAsync(
        AccountTransaction account, IReadOnlyList<ReceivedMail> answers, TimeSpan subjectWindow, CancellationToken cancellation)
    {
        if (answers.Count == 0)
            return [];
        await using var command = account.Command(WithSubjectSql);
        AccountTransaction.Add(command, answers.Select(answer => answer.SubjectKey).ToArray());
        AccountTransaction.Add(command, answers.Select(answer => answer.ReceivedAt).ToArray());
        AccountTransaction.Add(command, answers.Select(answer => answer.Sender).ToArray());
        AccountTransaction.Add(command, subjectWindow);
        return await ReadAsync(command, answers.Count, cancellation);
    }

    private static async Task<Candidate?[]> ReadAsync(NpgsqlCommand command, int count, CancellationToken cancellation)
    {
        var found = new Candidate?[count];
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            found[(int)reader.GetInt64(0) - 1] = new Candidate(reader.GetGuid(1), reader.GetGuid(2), reader.GetFieldValue<DateTimeOffset>(3));
        return found;
    }
}
