using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>A mail of a thread.</summary>
/// <param name="Direction">sent or received.</param>
/// <param name="Kind">sent, reply, auto-reply or bounce.</param>
/// <param name="MessageId">The provider's id of it.</param>
/// <param name="InternetMessageId">Its Message-ID.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="At">When it was sent, or came in.</param>
/// <param name="MatchedBy">By what it was recognised as an answer: reference, conversation or subject; null if it answers nothing tracked.</param>
internal sealed record ThreadEntry(
    string Direction, string Kind, string MessageId, string InternetMessageId, string? From, string Subject, DateTimeOffset At, string? MatchedBy)
{
    /// <summary>How many mails of a thread are shown.</summary>
    public const int MostShown = 200;

    // idx_tracked_emails_conversation, idx_received_emails_conversation, idx_received_emails_tracked: the mail and its answers before
    // what else is in the conversation, and of that the oldest
    private const string Sql =
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
                JOIN mailboxes AS m ON m.id = t.account_id
                UNION ALL
                SELECT 'received', r.kind, r.id, r.provider_id, r.internet_message_id, r.sender, r.subject, r.received_at, r.matched_by,
                       r.tracked_email_id IS NOT DISTINCT FROM $2
                FROM (
                    (SELECT id FROM received_emails WHERE tracked_email_id = $2 ORDER BY received_at LIMIT $4)
                    UNION
                    (SELECT id FROM received_emails WHERE account_id = $1 AND conversation_key = $3 ORDER BY received_at LIMIT $4)
                ) AS s
                JOIN received_emails AS r ON r.id = s.id
            ) AS thread
            ORDER BY is_it DESC, at, id
            LIMIT $4
        ) AS shown
        ORDER BY at, direction DESC, provider_id
        """;

    /// <summary>The mails of the thread of a tracked mail, in the order of time.</summary>
    public static async Task<IReadOnlyList<ThreadEntry>> ListAsync(
        NpgsqlDataSource database, Guid accountId, Guid trackedId, Guid? conversationKey, CancellationToken cancellation) =>
        await database.Command(Sql, accountId, trackedId, conversationKey ?? Guid.Empty, MostShown).ListAsync(
            row => new ThreadEntry(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), row.GetString(5),
                row.GetFieldValue<DateTimeOffset>(6), row.Text(7)),
            cancellation);
}
