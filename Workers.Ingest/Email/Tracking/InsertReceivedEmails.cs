namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Stores mails that came in, with what they answer.</summary>
internal static class InsertReceivedEmails
{
    // what all mails name stands in one list, $3; each mail says where its own names are
    private const string Sql =
        """
        INSERT INTO received_emails
            (id, account_id, message_key, conversation_key, subject_key, names, provider_id, internet_message_id, sender, subject, kind,
             is_answer_subject, received_at, tracked_email_id, matched_by, created_at)
        SELECT id, $1, message_key, conversation_key, subject_key, ($3::uuid[])[names_from + 1 : names_to], provider_id, internet_message_id,
               sender, subject, kind, is_answer_subject, received_at, tracked_email_id, matched_by, $2
        FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::int[], $9::int[], $10::text[], $11::text[], $12::text[], $13::text[],
                    $14::text[], $15::boolean[], $16::timestamptz[], $17::uuid[], $18::text[])
            AS mail (id, message_key, conversation_key, subject_key, names_from, names_to, provider_id, internet_message_id, sender, subject,
                     kind, is_answer_subject, received_at, tracked_email_id, matched_by)
        """;

    /// <summary>Inserts mails that are not there.</summary>
    /// <param name="account">The transaction.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="matches">For each what it answers; null for nothing.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task ExecuteAsync(
        AccountTransaction account,
        IReadOnlyList<NewReceivedMail> mails,
        IReadOnlyList<Match?> matches,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        if (mails.Count == 0)
            return;
        var ends = new int[mails.Count + 1];
        for (var i = 0; i < mails.Count; i++)
            ends[i + 1] = ends[i] + mails[i].Mail.Names.Length;

        await using var command = account.Command(Sql);
        Set(now);
        Set(mails.SelectMany(mail => mail.Mail.Names).ToArray());
        Set(Column(mail => mail.Mail.Id));
        Set(Column(mail => mail.Key));
        Set(Column(mail => mail.Mail.ConversationKey));
        Set(Column(mail => mail.Mail.SubjectKey));
        Set(ends[..^1]);
        Set(ends[1..]);
        Set(Column(mail => mail.ProviderId));
        Set(Column(mail => mail.InternetMessageId));
        Set(Column(mail => mail.Mail.Sender));
        Set(Column(mail => mail.Subject));
        Set(Column(mail => mail.Mail.Kind));
        Set(Column(mail => mail.Mail.IsAnswerSubject));
        Set(Column(mail => mail.Mail.ReceivedAt));
        Set(matches.Select(match => match?.TrackedId).ToArray());
        Set(matches.Select(match => match?.By).ToArray());
        await command.ExecuteNonQueryAsync(cancellation);

        void Set<T>(T value) => AccountTransaction.Add(command, value);

        T[] Column<T>(Func<NewReceivedMail, T> column) => [.. mails.Select(column)];
    }
}
