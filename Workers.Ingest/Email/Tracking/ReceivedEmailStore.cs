namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// The rows of <c>received_emails</c>, the mails that may answer a tracked one, within a transaction that is alone in its account. Each
/// statement looks up one mail at a time by one index: <see cref="AccountTransaction"/> says why.
/// </summary>
internal static class ReceivedEmailStore
{
    // idx_received_emails_message
    private const string KnownSql =
        """
        SELECT mail.id, wanted.key
        FROM unnest($2::uuid[]) AS wanted (key)
        CROSS JOIN LATERAL (SELECT id FROM received_emails WHERE account_id = (SELECT $1::uuid) AND message_key = wanted.key
          LIMIT 1) AS mail
        """;

    /// <summary>The ids of the mails that are stored, by their keys.</summary>
    public static Task<Dictionary<Guid, Guid>> KnownAsync(AccountTransaction account, Guid[] keys, CancellationToken cancellationToken) =>
        account.FindByKeyAsync(KnownSql, keys, cancellationToken);

    // each part by its own index: _names and _reported (which know no accounts, so they are asked before), _conversation, _subject
    private const string AnswersSql =
        """
        SELECT received.id, names, conversation_key, subject_key, is_answer_subject, sender, kind, received_at, tracked_email_id,
               matched_by, reported
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
                WHERE account_id = (SELECT $1::uuid) AND subject_key = sent.key AND is_answer_subject
                  AND sent.recipient = ANY (CASE WHEN reported = '{}' THEN ARRAY[sender] ELSE reported END)
                  AND received_at >= sent.sent_at AND received_at <= sent.sent_at + $8
                OFFSET 0) AS answer
            UNION
            SELECT telling.id
            FROM (
                SELECT id, account_id, reported, received_at FROM received_emails
                WHERE reported && $6 AND is_by_recipient
                OFFSET 0) AS telling
            WHERE telling.account_id = $1 AND EXISTS (
                SELECT FROM unnest($6::text[], $7::timestamptz[]) AS sent (recipient, sent_at)
                WHERE sent.recipient = ANY (telling.reported) AND telling.received_at BETWEEN sent.sent_at AND sent.sent_at + $9)
        ) AS affected
        JOIN received_emails AS received ON received.id = affected.id
        """;

    /// <summary>The stored answers whose match may be another one with these mails.</summary>
    public static async Task<IReadOnlyList<StoredAnswer>> FindAnswersAsync(
        AccountTransaction account, IReadOnlyList<SentMail> sent, TimeSpan subjectWindow, CancellationToken cancellationToken)
    {
        if (sent.Count == 0)
            return [];
        var inConversations = sent.Where(mail => mail.ConversationKey is not null).ToArray();
        var addressed = sent.SelectMany(mail => mail.Recipients, (mail, recipient) => (mail.SubjectKey, Recipient: recipient, mail.SentAt)).ToArray();

        return await account.Command(
            AnswersSql,
            sent.Select(mail => mail.Key).ToArray(),
            inConversations.Select(mail => mail.ConversationKey!.Value).ToArray(),
            inConversations.Select(mail => mail.SentAt).ToArray(),
            addressed.Select(mail => mail.SubjectKey).ToArray(),
            addressed.Select(mail => mail.Recipient).ToArray(),
            addressed.Select(mail => mail.SentAt).ToArray(),
            subjectWindow,
            Match.LongestDelivery).ListAsync(Read, cancellationToken);
    }

    private static StoredAnswer Read(NpgsqlDataReader row) => new(
        new ReceivedMail(
            row.GetGuid(0),
            row.GetFieldValue<Guid[]>(1),
            row.Nullable<Guid>(2),
            row.GetGuid(3),
            row.GetBoolean(4),
            row.GetString(5),
            row.GetString(6),
            row.GetFieldValue<string[]>(10),
            row.GetFieldValue<DateTimeOffset>(7)),
        row.IsDBNull(8) ? null : new Match(row.GetGuid(8), row.GetString(9)));

    // what all mails name stands in one list, $3, whom they tell of in $19; each mail says where its own are
    private const string InsertSql =
        """
        INSERT INTO received_emails
            (id, account_id, message_key, conversation_key, subject_key, names, provider_id, internet_message_id, sender, subject, kind,
             is_answer_subject, received_at, tracked_email_id, matched_by, reported, is_by_recipient, created_at)
        SELECT id, $1, message_key, conversation_key, subject_key, ($3::uuid[])[names_from + 1 : names_to], provider_id,
        internet_message_id,
               sender, subject, kind, is_answer_subject, received_at, tracked_email_id, matched_by,
               coalesce(($19::text[])[reported_from + 1 : reported_to], '{}'), is_by_recipient, $2
        FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::int[], $9::int[], $10::text[], $11::text[], $12::text[],
        $13::text[],
                    $14::text[], $15::boolean[], $16::timestamptz[], $17::uuid[], $18::text[], $20::int[], $21::int[], $22::boolean[])
            AS mail (id, message_key, conversation_key, subject_key, names_from, names_to, provider_id, internet_message_id, sender,
            subject,
                     kind, is_answer_subject, received_at, tracked_email_id, matched_by, reported_from, reported_to,
                     is_by_recipient)
        """;

    /// <summary>Inserts mails that are not there.</summary>
    /// <param name="account">The transaction.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="matches">For each what it answers; null for nothing.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task InsertAsync(
        AccountTransaction account,
        IReadOnlyList<NewReceivedMail> mails,
        IReadOnlyList<Match?> matches,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (mails.Count == 0)
            return;
        var names = TrackedEmailStore.Ends(mails, mail => mail.Mail.Names.Length);
        var reported = TrackedEmailStore.Ends(mails, mail => mail.Mail.Reported.Length);

        await account.Command(
            InsertSql,
            now,
            mails.SelectMany(mail => mail.Mail.Names).ToArray(),
            Column(mail => mail.Mail.Id),
            Column(mail => mail.Key),
            Column(mail => mail.Mail.ConversationKey),
            Column(mail => mail.Mail.SubjectKey),
            names[..^1],
            names[1..],
            Column(mail => mail.ProviderId),
            Column(mail => mail.InternetMessageId),
            Column(mail => mail.Mail.Sender),
            Column(mail => mail.Subject),
            Column(mail => mail.Mail.Kind),
            Column(mail => mail.Mail.IsAnswerSubject),
            Column(mail => mail.Mail.ReceivedAt),
            matches.Select(match => match?.TrackedId).ToArray(),
            matches.Select(match => match?.By).ToArray(),
            mails.SelectMany(mail => mail.Mail.Reported).ToArray(),
            reported[..^1],
            reported[1..],
            Column(mail => mail.Mail.IsByRecipient)).RunAsync(cancellationToken);

        T[] Column<T>(Func<NewReceivedMail, T> column) => [.. mails.Select(column)];
    }

    private const string MoveSql =
        """
        UPDATE received_emails
        SET tracked_email_id = match.tracked_email_id, matched_by = match.matched_by
        FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS match (id, tracked_email_id, matched_by)
        WHERE received_emails.id = match.id AND received_emails.account_id IS NOT DISTINCT FROM $1
        """;

    /// <summary>Writes the matches; null takes one away.</summary>
    public static async Task MoveAsync(
        AccountTransaction account, IReadOnlyList<(Guid Id, Match? Match)> moved, CancellationToken cancellationToken)
    {
        if (moved.Count == 0)
            return;
        await account.Command(
            MoveSql,
            moved.Select(answer => answer.Id).ToArray(),
            moved.Select(answer => answer.Match?.TrackedId).ToArray(),
            moved.Select(answer => answer.Match?.By).ToArray()).RunAsync(cancellationToken);
    }
}
