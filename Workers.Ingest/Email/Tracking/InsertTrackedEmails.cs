using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Stores sent mails with what is known of their answers, so that most rows are written once.</summary>
internal static class InsertTrackedEmails
{
    // the lists of all mails stand one after the other in $11 and $12, each mail says where its own are
    private const string Sql =
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
                     recipients_from, recipients_to, categories_from, categories_to, sent_at, status, response_at, response_seconds, responses,
                     auto_replied_at, bounced_at, expires_at, remind_at, next_check_at, tracked_by)
        """;

    /// <summary>Inserts mails that are not there.</summary>
    /// <param name="account">The transaction.</param>
    /// <param name="userId">Whose they are.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="outcomes">What is known of their answers, by their ids.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task ExecuteAsync(
        AccountTransaction account,
        Guid userId,
        IReadOnlyList<SentMail> mails,
        IReadOnlyDictionary<Guid, Outcome> outcomes,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        if (mails.Count == 0)
            return;
        var recipients = Ends(mails, mail => mail.Recipients.Count);
        var categories = Ends(mails, mail => mail.Categories.Count);
        Outcome[] results = [.. mails.Select(mail => outcomes.GetValueOrDefault(mail.Id))];

        await using var command = account.Command(Sql);
        Set(userId);
        Set(now);
        Set(Column(mail => mail.Id));
        Set(Column(mail => mail.Key));
        Set(Column(mail => mail.ConversationKey));
        Set(Column(mail => mail.SubjectKey));
        Set(Column(mail => mail.ProviderId));
        Set(Column(mail => mail.InternetMessageId));
        Set(Column(mail => mail.Subject));
        Set(mails.SelectMany(mail => mail.Recipients).ToArray());
        Set(mails.SelectMany(mail => mail.Categories).ToArray());
        Set(Column(mail => mail.Recipient));
        Set(Column(mail => mail.RecipientDomain));
        Set(recipients[..^1]);
        Set(recipients[1..]);
        Set(categories[..^1]);
        Set(categories[1..]);
        Set(Column(mail => mail.SentAt));
        Set(Result((result, mail) => result.Status(mail.ExpiresAt, now)));
        Set(Result((result, _) => result.RespondedAt));
        Set(Result((result, mail) => result.ResponseSeconds(mail.SentAt)));
        Set(Result((result, _) => result.Responses));
        Set(Result((result, _) => result.AutoRepliedAt));
        Set(Result((result, _) => result.BouncedAt));
        Set(Column(mail => mail.ExpiresAt));
        Set(Column(mail => mail.RemindAt));
        Set(Column(mail => TrackingSchedule.NextCheck(mail.RemindAt, snoozedUntil: null, mail.ExpiresAt)));
        Set(Column(mail => mail.TrackedBy));
        await command.ExecuteNonQueryAsync(cancellation);

        void Set<T>(T value) => AccountTransaction.Add(command, value);

        T[] Column<T>(Func<SentMail, T> column) => [.. mails.Select(column)];

        T[] Result<T>(Func<Outcome, SentMail, T> column) => [.. results.Zip(mails, column)];
    }

    // 0, then where the list of each ends
    private static int[] Ends(IReadOnlyList<SentMail> mails, Func<SentMail, int> count)
    {
        var ends = new int[mails.Count + 1];
        for (var i = 0; i < mails.Count; i++)
            ends[i + 1] = ends[i] + count(mails[i]);
        return ends;
    }
}
