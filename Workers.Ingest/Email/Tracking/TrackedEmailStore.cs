namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// The rows of <c>tracked_emails</c>, the mails that accounts sent, within a transaction that is alone in its account. Each statement looks
/// up one mail at a time by one index: <see cref="AccountTransaction"/> says why.
/// </summary>
internal static class TrackedEmailStore
{
    // idx_tracked_emails_message
    private const string KnownSql =
        """
        SELECT mail.id, wanted.key
        FROM unnest($2::uuid[]) AS wanted (key)
        CROSS JOIN LATERAL (SELECT id FROM tracked_emails WHERE account_id = (SELECT $1::uuid) AND message_key = wanted.key LIMIT 1) AS mail
        """;

    /// <summary>The ids of the mails that are stored, by their keys.</summary>
    public static Task<Dictionary<Guid, Guid>> KnownAsync(AccountTransaction account, Guid[] keys, CancellationToken cancellationToken) =>
        account.FindByKeyAsync(KnownSql, keys, cancellationToken);

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

    /// <summary>For each answer, which all have a conversation, the last one sent in it before; null where there is none.</summary>
    public static async Task<Candidate?[]> LastInConversationAsync(
        AccountTransaction account, IReadOnlyList<ReceivedMail> answers, CancellationToken cancellationToken)
    {
        if (answers.Count == 0)
            return [];
        var command = account.Command(
            InConversationSql,
            answers.Select(answer => answer.ConversationKey!.Value).ToArray(),
            answers.Select(answer => answer.ReceivedAt).ToArray());
        return await ReadAsync(command, answers.Count, cancellationToken);
    }

    // idx_tracked_emails_subject, from its end
    private const string WithSubjectSql =
        """
        SELECT answer.position, sent.id, sent.message_key, sent.sent_at
        FROM unnest($2::uuid[], $3::timestamptz[], $6::int[], $7::int[]) WITH ORDINALITY
            AS answer (key, received_at, people_from, people_to, position)
        CROSS JOIN LATERAL (
            SELECT id, message_key, sent_at FROM tracked_emails
            WHERE account_id = (SELECT $1::uuid) AND subject_key = answer.key AND sent_at <= answer.received_at
              AND sent_at >= answer.received_at - $5
              AND recipients && ($4::text[])[answer.people_from + 1 : answer.people_to]
            ORDER BY sent_at DESC, message_key DESC LIMIT 1) AS sent
        """;

    /// <summary>For each answer the last one sent with its subject to whom it is from, within the window before; null where there is
    /// none.</summary>
    public static async Task<Candidate?[]> LastWithSubjectAsync(
        AccountTransaction account, IReadOnlyList<ReceivedMail> answers, TimeSpan subjectWindow, CancellationToken cancellationToken)
    {
        if (answers.Count == 0)
            return [];
        string[][] people = [.. answers.Select(answer => answer.Reported is { Length: > 0 } reported ? reported : [answer.Sender])];
        var ends = Ends(people, some => some.Length);
        var command = account.Command(
            WithSubjectSql,
            answers.Select(answer => answer.SubjectKey).ToArray(),
            answers.Select(answer => answer.ReceivedAt).ToArray(),
            people.SelectMany(some => some).ToArray(),
            subjectWindow,
            ends[..^1],
            ends[1..]);
        return await ReadAsync(command, answers.Count, cancellationToken);
    }

    // idx_tracked_emails_terms, by each recipient that a report tells of
    private const string ToRecipientSql =
        """
        SELECT DISTINCT ON (report.position) report.position, sent.id, sent.message_key, sent.sent_at
        FROM unnest($2::bigint[], $3::text[], $4::timestamptz[]) AS report (position, recipient, received_at)
        CROSS JOIN LATERAL (
            SELECT id, message_key, sent_at
            FROM (
                SELECT id, account_id, message_key, sent_at, recipients FROM tracked_emails
                WHERE tracked_email_terms(account_id, subject, recipients) @@ tracked_email_query($1, report.recipient, NULL)
                OFFSET 0) AS addressed
            WHERE account_id = $1 AND report.recipient = ANY (recipients)
              AND sent_at <= report.received_at AND sent_at >= report.received_at - $5
            ORDER BY sent_at DESC, message_key DESC LIMIT 1) AS sent
        ORDER BY report.position, sent.sent_at DESC, sent.message_key DESC
        """;

    /// <summary>For each report the last mail sent before to one of those it tells of, within the time that a delivery takes; null where
    /// there is none.</summary>
    public static async Task<Candidate?[]> LastToRecipientAsync(
        AccountTransaction account, IReadOnlyList<ReceivedMail> reports, CancellationToken cancellationToken)
    {
        if (reports.Count == 0)
            return [];
        var told = reports
            .SelectMany((report, i) => report.Reported.Select(recipient => (Position: i + 1L, recipient, report.ReceivedAt))).ToArray();
        var command = account.Command(
            ToRecipientSql,
            told.Select(one => one.Position).ToArray(),
            told.Select(one => one.recipient).ToArray(),
            told.Select(one => one.ReceivedAt).ToArray(),
            Match.LongestDelivery);
        return await ReadAsync(command, reports.Count, cancellationToken);
    }

    private static async Task<Candidate?[]> ReadAsync(NpgsqlCommand command, int count, CancellationToken cancellationToken)
    {
        var rows = await command.ListAsync(
            row => (
                Index: (int)row.GetInt64(0) - 1,
                Mail: new Candidate(row.GetGuid(1), row.GetGuid(2), row.GetFieldValue<DateTimeOffset>(3))),
            cancellationToken);
        var found = new Candidate?[count];
        foreach (var row in rows)
            found[row.Index] = row.Mail;
        return found;
    }

    // the lists of all mails stand one after the other in $11 and $12, each mail says where its own are
    private const string InsertSql =
        """
        INSERT INTO tracked_emails
            (id, account_id, user_id, message_key, conversation_key, subject_key, provider_id, internet_message_id, subject,
             recipient, recipient_domain, recipients, categories, sent_at, status, response_at, response_seconds, responses,
             auto_replied_at, bounced_at, expires_at, remind_at, next_check_at, tracked_by, created_at, updated_at)
        SELECT id, $1, $2, message_key, conversation_key, subject_key, provider_id, internet_message_id, subject,
               recipient, recipient_domain, ($11::text[])[recipients_from + 1 : recipients_to], ($12::text[])[categories_from + 1 : categories_to],
               sent_at, status, response_at, response_seconds, responses, auto_replied_at, bounced_at, expires_at, remind_at, next_check_at,
               tracked_by, $3, $3
        FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[], $13::text[], $14::text[],
                    $15::int[], $16::int[], $17::int[], $18::int[], $19::timestamptz[], $20::text[], $21::timestamptz[], $22::int[], $23::int[],
                    $24::timestamptz[], $25::timestamptz[], $26::timestamptz[], $27::timestamptz[], $28::timestamptz[], $29::text[])
            AS mail (id, message_key, conversation_key, subject_key, provider_id, internet_message_id, subject, recipient, recipient_domain,
                     recipients_from, recipients_to, categories_from, categories_to, sent_at, status, response_at, response_seconds,
                     responses,
                     auto_replied_at, bounced_at, expires_at, remind_at, next_check_at, tracked_by)
        """;

    /// <summary>Inserts mails that are not there.</summary>
    /// <param name="account">The transaction.</param>
    /// <param name="userId">Whose they are.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="outcomes">What is known of their answers, by their ids.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task InsertAsync(
        AccountTransaction account,
        Guid userId,
        IReadOnlyList<SentMail> mails,
        IReadOnlyDictionary<Guid, Outcome> outcomes,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (mails.Count == 0)
            return;
        var recipients = Ends(mails, mail => mail.Recipients.Count);
        var categories = Ends(mails, mail => mail.Categories.Count);
        Outcome[] results = [.. mails.Select(mail => outcomes.GetValueOrDefault(mail.Id))];

        await account.Command(
            InsertSql,
            userId,
            now,
            Column(mail => mail.Id),
            Column(mail => mail.Key),
            Column(mail => mail.ConversationKey),
            Column(mail => mail.SubjectKey),
            Column(mail => mail.ProviderId),
            Column(mail => mail.InternetMessageId),
            Column(mail => mail.Subject),
            mails.SelectMany(mail => mail.Recipients).ToArray(),
            mails.SelectMany(mail => mail.Categories).ToArray(),
            Column(mail => mail.Recipient),
            Column(mail => mail.RecipientDomain),
            recipients[..^1],
            recipients[1..],
            categories[..^1],
            categories[1..],
            Column(mail => mail.SentAt),
            Result((result, mail) => result.Status(mail.ExpiresAt, now)),
            Result((result, _) => result.RespondedAt),
            Result((result, mail) => result.ResponseSeconds(mail.SentAt)),
            Result((result, _) => result.Responses),
            Result((result, _) => result.AutoRepliedAt),
            Result((result, _) => result.BouncedAt),
            Column(mail => mail.ExpiresAt),
            Column(mail => mail.RemindAt),
            Column(mail => TrackingSchedule.NextCheck(mail.RemindAt, snoozedUntil: null, mail.ExpiresAt)),
            Column(mail => mail.TrackedBy)).RunAsync(cancellationToken);

        T[] Column<T>(Func<SentMail, T> column) => [.. mails.Select(column)];

        T[] Result<T>(Func<Outcome, SentMail, T> column) => [.. results.Zip(mails, column)];
    }

    /// <summary>0, then where the list of each ends.</summary>
    public static int[] Ends<T>(IReadOnlyList<T> mails, Func<T, int> count)
    {
        var ends = new int[mails.Count + 1];
        for (var i = 0; i < mails.Count; i++)
            ends[i + 1] = ends[i] + count(mails[i]);
        return ends;
    }

    // what became of a mail, from all of its answers, as Outcome and TrackedStatus.Of work it out; one that its user stopped stays as it is
    private const string SettleSql =
        """
        UPDATE tracked_emails AS mail
        SET response_at = outcome.response_at,
            -- least and greatest would leave out a null
            response_seconds = CASE WHEN outcome.response_at IS NOT NULL
                THEN least(greatest(floor(extract(epoch FROM outcome.response_at - mail.sent_at)), 0), 2147483647) END,
            responses = outcome.responses,
            auto_replied_at = outcome.auto_replied_at,
            bounced_at = outcome.bounced_at,
            status = CASE WHEN outcome.response_at IS NOT NULL THEN 'responded'
                          WHEN outcome.bounced_at IS NOT NULL AND tracked_email_is_bounced(mail.id, mail.recipients) THEN 'bounced'
                          WHEN mail.expires_at <= $3 THEN 'expired'
                          ELSE 'active' END,
            updated_at = $3
        FROM unnest($2::uuid[]) AS known (id)
        CROSS JOIN LATERAL (
            SELECT min(received_at) FILTER (WHERE kind = 'reply') AS response_at,
                   count(*) FILTER (WHERE kind = 'reply')::int AS responses,
                   min(received_at) FILTER (WHERE kind = 'auto-reply') AS auto_replied_at,
                   min(received_at) FILTER (WHERE kind = 'bounce') AS bounced_at
            FROM received_emails
            WHERE tracked_email_id = known.id) AS outcome
        CROSS JOIN LATERAL (SELECT response_at FROM tracked_emails WHERE id = known.id OFFSET 0) AS before
        WHERE mail.id = known.id AND mail.account_id IS NOT DISTINCT FROM $1 AND mail.stopped_at IS NULL
          AND ((mail.response_at, mail.responses, mail.auto_replied_at, mail.bounced_at)
                  IS DISTINCT FROM (outcome.response_at, outcome.responses, outcome.auto_replied_at, outcome.bounced_at)
              -- another one of its recipients
              OR (mail.status = 'bounced') <> (outcome.response_at IS NULL AND outcome.bounced_at IS NOT NULL
                  AND tracked_email_is_bounced(mail.id, mail.recipients)))
        RETURNING mail.sent_at, mail.id, mail.response_at, mail.response_seconds, before.response_at IS NULL
          AND mail.response_at IS NOT NULL
        """;

    /// <summary>Writes what has changed.</summary>
    /// <returns>The mails of which something changed.</returns>
    public static async Task<IReadOnlyList<SettledMail>> SettleAsync(
        AccountTransaction account, Guid[] ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
            return [];
        return await account.Command(SettleSql, ids, now).ListAsync(
            row => new SettledMail(
                row.GetFieldValue<DateTimeOffset>(0),
                row.GetBoolean(4) ? new(row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(2), row.GetInt32(3)) : null),
            cancellationToken);
    }
}

/// <summary>A stored mail of whose answers something has changed.</summary>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Reply">The answer that is its first; null if it had one before, or has none.</param>
internal sealed record SettledMail(DateTimeOffset SentAt, FirstReply? Reply);

/// <summary>The first answer to a mail.</summary>
/// <param name="TrackedId">The mail, a row in <c>tracked_emails</c>.</param>
/// <param name="At">When it came.</param>
/// <param name="Seconds">How long after the mail was sent.</param>
internal sealed record FirstReply(Guid TrackedId, DateTimeOffset At, int Seconds);
