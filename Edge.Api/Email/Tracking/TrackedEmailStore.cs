using Switchboard.Core.Email;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>What a change of a tracked mail came to.</summary>
/// <param name="Mail">The mail as it is now; null where it is not there, or another's, or stays as it was because of the refusal.</param>
/// <param name="Refusal">Why it stays as it was.</param>
internal sealed record TrackedEmailChange(TrackedEmailResponse? Mail, string? Refusal);

/// <summary>
/// One tracked mail, in <c>tracked_emails</c>, with its thread; lists of them are read by <see cref="TrackedEmailLists"/>. Each statement
/// names the user.
/// </summary>
internal sealed class TrackedEmailStore(NpgsqlDataSource dataSource, ScheduledJobs scheduledJobs, TimeProvider timeProvider)
{
    /// <summary>How many mails of a thread are shown.</summary>
    public const int MaxThread = 200;

    private const string FindSql =
        $"""
        SELECT {TrackedEmailResponse.Columns}, t.conversation_key
        FROM tracked_emails AS t
        JOIN mailboxes AS m ON m.id = t.account_id
        WHERE t.id = $1 AND m.user_id = $2
        """;

    /// <summary>Finds a mail of an account of the user.</summary>
    public async Task<TrackedEmailDetail?> FindAsync(Guid id, Guid userId, CancellationToken cancellationToken)
    {
        var found = await dataSource.Command(FindSql, id, userId).FirstAsync(
            row => new FoundMail(TrackedEmailResponse.Read(row), row.Nullable<Guid>(TrackedEmailResponse.ColumnCount)), cancellationToken);
        return found is null
            ? null
            : new(
                found.Mail,
                await ListThreadAsync(found.Mail.AccountId, userId, id, found.ConversationKey, cancellationToken),
                await ListRecipientsAsync(id, userId, cancellationToken));
    }

    // idx_received_emails_tracked; of whom a bounce tells as tracked_email_is_bounced has it
    private const string RecipientsSql =
        """
        SELECT one.address, min(r.received_at) FILTER (WHERE r.kind = 'reply' AND r.sender = one.address),
               min(r.received_at) FILTER (WHERE r.kind = 'auto-reply' AND r.sender = one.address),
               min(r.received_at) FILTER (WHERE r.kind = 'bounce'
                   AND (r.reported = '{}' OR one.address = ANY (r.reported) OR cardinality(t.recipients) <= 1))
        FROM tracked_emails AS t
        CROSS JOIN unnest(t.recipients) WITH ORDINALITY AS one (address, position)
        LEFT JOIN received_emails AS r ON r.tracked_email_id = t.id
        WHERE t.id = $1 AND t.user_id = $2
        GROUP BY one.position, one.address
        ORDER BY one.position
        """;

    private Task<List<RecipientState>> ListRecipientsAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(RecipientsSql, id, userId).ListAsync(
            row => RecipientState.Of(
                row.GetString(0), row.Nullable<DateTimeOffset>(1), row.Nullable<DateTimeOffset>(2), row.Nullable<DateTimeOffset>(3)),
            cancellationToken);

    // idx_tracked_emails_conversation, idx_received_emails_conversation, idx_received_emails_tracked: the mail and its answers before
    // what else is in the conversation, and of that the oldest
    private const string ThreadSql =
        """
        SELECT direction, kind, provider_id, internet_message_id, sender, subject, at, matched_by
        FROM (
            SELECT *
            FROM (
                SELECT 'sent' AS direction, 'sent' AS kind, t.id, t.provider_id, t.internet_message_id, m.address AS sender, t.subject,
                       t.sent_at AS at, NULL AS matched_by, t.id = $2 AS is_it
                FROM (
                    SELECT id FROM tracked_emails WHERE id = $2
                    UNION
                    (SELECT id FROM tracked_emails WHERE account_id = $1 AND conversation_key = $3 ORDER BY sent_at LIMIT $4)
                ) AS s
                JOIN tracked_emails AS t ON t.id = s.id
                JOIN mailboxes AS m ON m.id = t.account_id AND m.user_id = $5
                UNION ALL
                SELECT 'received', r.kind, r.id, r.provider_id, r.internet_message_id, r.sender, r.subject, r.received_at, r.matched_by,
                       r.tracked_email_id IS NOT DISTINCT FROM $2
                FROM (
                    (SELECT id FROM received_emails WHERE tracked_email_id = $2 ORDER BY received_at LIMIT $4)
                    UNION
                    (SELECT id FROM received_emails WHERE account_id = $1 AND conversation_key = $3 ORDER BY received_at LIMIT $4)
                ) AS s
                JOIN received_emails AS r ON r.id = s.id
                JOIN mailboxes AS m ON m.id = r.account_id AND m.user_id = $5
            ) AS thread
            ORDER BY is_it DESC, at, id
            LIMIT $4
        ) AS shown
        ORDER BY at, direction DESC, provider_id
        """;

    /// <summary>The mails of the thread of a tracked mail, in the order of time.</summary>
    public Task<List<ThreadEntry>> ListThreadAsync(
        Guid accountId, Guid userId, Guid trackedId, Guid? conversationKey, CancellationToken cancellationToken) =>
        dataSource.Command(ThreadSql, accountId, trackedId, conversationKey ?? Guid.Empty, MaxThread, userId).ListAsync(
            row => new ThreadEntry(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), row.GetString(5),
                row.GetFieldValue<DateTimeOffset>(6), row.Text(7)),
            cancellationToken);

    private const string AccountSql =
        """
        SELECT t.account_id
        FROM tracked_emails AS t
        JOIN mailboxes AS m ON m.id = t.account_id
        WHERE t.id = $1 AND m.user_id = $2
        """;

    /// <summary>
    /// Changes a mail of an account of the user under the lock of its account, which Workers.Ingest holds while it records mail. What came
    /// in while the mail was stopped counts when it is followed again.
    /// </summary>
    public async Task<TrackedEmailChange> ChangeAsync(
        Guid id, Guid userId, ChangeTrackedEmailRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var owned = await transaction.Command(AccountSql, id, userId).ListAsync(row => row.GetGuid(0), cancellationToken);
        if (owned is not [var accountId])
            return new(null, null);

        await transaction.Command(AdvisoryLocks.OfAccountMail, accountId).RunAsync(cancellationToken);
        if (await FindStateAsync(transaction, id, accountId, userId, cancellationToken) is not { } mail)
            return new(null, null);
        var (changed, refusal) = mail.With(request, now);
        if (changed is null)
            return new(null, refusal);

        var answer = changed == mail
            ? await FindUnchangedAsync(transaction, id, accountId, userId, cancellationToken)
            : await WriteAsync(transaction, id, accountId, userId, changed, now, cancellationToken);
        if (mail.StoppedAt is not null && answer is { Status: TrackedStatus.Responded, RespondedAt: { } at, ResponseSeconds: { } seconds })
            await scheduledJobs.InsertAsync(
                connection, transaction, RecordEvents.Of([EmailEvents.RepliedTo(userId, id, at, seconds)], timeProvider), now,
                cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(answer, null);
    }

    // idx_received_emails_tracked
    private const string StateSql =
        """
        SELECT t.status, answers.response_at, CASE WHEN tracked_email_is_bounced(t.id, t.recipients) THEN answers.bounced_at END,
               t.expires_at, t.remind_at, t.snoozed_until, t.stopped_at
        FROM tracked_emails AS t
        CROSS JOIN LATERAL (
            SELECT min(r.received_at) FILTER (WHERE r.kind = 'reply') AS response_at,
                   min(r.received_at) FILTER (WHERE r.kind = 'bounce') AS bounced_at
            FROM received_emails AS r
            WHERE r.tracked_email_id = t.id) AS answers
        WHERE t.id = $1 AND t.account_id = $2 AND t.user_id = $3
        FOR UPDATE OF t
        """;

    public static Task<FollowedMail?> FindStateAsync(
        NpgsqlTransaction transaction, Guid id, Guid accountId, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(StateSql, id, accountId, userId).FirstAsync(FollowedMail.Read, cancellationToken);

    private const string UnchangedSql =
        $"SELECT {TrackedEmailResponse.Columns} FROM tracked_emails AS t WHERE t.id = $1 AND t.account_id = $2 AND t.user_id = $3";

    public static Task<TrackedEmailResponse?> FindUnchangedAsync(
        NpgsqlTransaction transaction, Guid id, Guid accountId, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(UnchangedSql, id, accountId, userId).FirstAsync(TrackedEmailResponse.Read, cancellationToken);

    // the mail with all its answers, the version of its account, and the hour whose day has to be made again
    private const string ChangeSql =
        $"""
        WITH changed AS (
            UPDATE tracked_emails AS t
            SET status = $3, stopped_at = $4, snoozed_until = $5, next_check_at = $6, updated_at = $7,
                response_at = answers.response_at,
                response_seconds = CASE WHEN answers.response_at IS NOT NULL
                    THEN least(greatest(floor(extract(epoch FROM answers.response_at - t.sent_at)), 0), 2147483647) END,
                responses = answers.responses,
                auto_replied_at = answers.auto_replied_at,
                bounced_at = answers.bounced_at
            FROM (
                SELECT min(r.received_at) FILTER (WHERE r.kind = 'reply') AS response_at,
                       (count(*) FILTER (WHERE r.kind = 'reply'))::int AS responses,
                       min(r.received_at) FILTER (WHERE r.kind = 'auto-reply') AS auto_replied_at,
                       min(r.received_at) FILTER (WHERE r.kind = 'bounce') AS bounced_at
                FROM received_emails AS r
                WHERE r.tracked_email_id = $1) AS answers
            WHERE t.id = $1 AND t.account_id = $2 AND t.user_id = $8
            RETURNING t.*),
        counted AS (
            UPDATE mailboxes SET data_version = data_version + 1 WHERE id = (SELECT account_id FROM changed) AND user_id = $8),
        noted AS (
            INSERT INTO tracked_email_changes AS c (account_id, hour)
            SELECT account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') FROM changed
            ON CONFLICT (account_id, hour) DO UPDATE SET version = c.version + 1)
        SELECT {TrackedEmailResponse.Columns} FROM changed AS t
        """;

    public static Task<TrackedEmailResponse?> WriteAsync(
        NpgsqlTransaction transaction, Guid id, Guid accountId, Guid userId, FollowedMail mail, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.Command(ChangeSql, id, accountId, mail.Status, mail.StoppedAt, mail.SnoozedUntil, mail.NextCheckAt, now, userId)
            .FirstAsync(TrackedEmailResponse.Read, cancellationToken);

    private sealed record FoundMail(TrackedEmailResponse Mail, Guid? ConversationKey);
}
