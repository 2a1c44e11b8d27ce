using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>
/// Changes a tracked mail under the lock of its account, which who records its mail holds too. What came in while it was stopped counts
/// when it is followed again.
/// </summary>
/// <param name="Mail">The mail as it is now; null where it is not there, or another's, or stays as it was because of the refusal.</param>
/// <param name="Refusal">Why it stays as it was.</param>
internal sealed record TrackedEmailChange(TrackedEmailResponse? Mail, string? Refusal)
{
    private const string AccountSql =
        """
        SELECT t.account_id
        FROM tracked_emails AS t
        JOIN mailboxes AS m ON m.id = t.account_id
        WHERE t.id = $1 AND m.user_id = $2
        """;

    private const string LockSql = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 2))";

    // idx_received_emails_tracked
    private const string FindSql =
        """
        SELECT t.status, answers.response_at, answers.bounced_at, t.expires_at, t.remind_at, t.snoozed_until, t.stopped_at
        FROM tracked_emails AS t
        CROSS JOIN LATERAL (
            SELECT min(r.received_at) FILTER (WHERE r.kind = 'reply') AS response_at,
                   min(r.received_at) FILTER (WHERE r.kind = 'bounce') AS bounced_at
            FROM received_emails AS r
            WHERE r.tracked_email_id = t.id) AS answers
        WHERE t.id = $1 AND t.account_id = $2
        FOR UPDATE OF t
        """;

    private const string Sql =
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
            WHERE t.id = $1 AND t.account_id = $2
            RETURNING t.*),
        counted AS (UPDATE mailboxes SET data_version = data_version + 1 WHERE id = $2),
        noted AS (
            INSERT INTO tracked_email_changes AS c (account_id, hour)
            SELECT account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') FROM changed
            ON CONFLICT (account_id, hour) DO UPDATE SET version = c.version + 1)
        SELECT {TrackedEmailResponse.Columns} FROM changed AS t
        """;

    private const string UnchangedSql = $"SELECT {TrackedEmailResponse.Columns} FROM tracked_emails AS t WHERE t.id = $1 AND t.account_id = $2";

    /// <summary>Changes a mail of an account of the user.</summary>
    public static async Task<TrackedEmailChange> ExecuteAsync(
        NpgsqlDataSource database, Guid id, Guid userId, ChangeTrackedEmailRequest request, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var tx = await connection.BeginTransactionAsync(cancellation);
        var owned = await tx.Command(AccountSql, id, userId).ListAsync(row => row.GetGuid(0), cancellation);
        if (owned is not [var accountId])
            return new(null, null);

        await tx.Command(LockSql, accountId).RunAsync(cancellation);
        if (await tx.Command(FindSql, id, accountId).FirstAsync(FollowedMail.Read, cancellation) is not { } mail)
            return new(null, null);
        var (changed, refusal) = mail.With(request, now);
        if (changed is null)
            return new(null, refusal);

        var answer = await Statement(tx, id, accountId, mail, changed, now).FirstAsync(TrackedEmailResponse.Read, cancellation);
        await tx.CommitAsync(cancellation);
        return new(answer, null);
    }

    private static NpgsqlCommand Statement(
        NpgsqlTransaction tx, Guid id, Guid accountId, FollowedMail mail, FollowedMail changed, DateTimeOffset now) => changed == mail
        ? tx.Command(UnchangedSql, id, accountId)
        : tx.Command(Sql, id, accountId, changed.Status, changed.StoppedAt, changed.SnoozedUntil, changed.NextCheckAt, now);
}
