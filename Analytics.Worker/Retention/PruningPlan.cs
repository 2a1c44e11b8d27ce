using System.Buffers.Binary;

namespace Switchboard.Analytics.Worker.Retention;

/// <summary>
/// What is to be deleted at a time. A pure decision; each statement finds its rows by an index, but for tables that it keeps small.
/// </summary>
internal static class PruningPlan
{
    /// <summary>The steps, in their order: attempts go before their notifications.</summary>
    public static IReadOnlyList<PruningStep> At(DateTimeOffset now, RetentionOptions options)
    {
        var attempts = (options.AttemptDays, options.NotificationDays) switch
        {
            (0, var days) => days,
            (var days, 0) => days,
            var (own, notification) => Math.Min(own, notification),
        };
        return [.. Steps().OfType<PruningStep>()];

        IEnumerable<PruningStep?> Steps()
        {
            yield return ByTime("emails", "processed_at < $1", options.EmailDays);
            yield return ByTime("sms_messages", "outcome <> 'accepted' AND processed_at < $1", options.RefusedTextDays);
            yield return ByTime(
                "sms_messages",
                """
                outcome = 'accepted' AND processed_at < $1
                AND NOT EXISTS (SELECT FROM enrichment_items AS i WHERE i.message_id = sms_messages.id)
                """,
                options.TextDays);
            yield return ByTime("sms_replies", "replied_at < $1", options.TextReplyDays);
            yield return ByTime("sms_opt_changes", "applied_at < $1", options.OptChangeDays);
            yield return ByTime("phone_number_tries", "tried_at < $1", options.PhoneTryDays);
            // made before: their ids say when
            yield return ById("notifications", BodiesSql, options.NotificationBodyDays, isWhole: true);
            yield return ById("notification_attempts", "notification_id < $1", attempts);
            yield return ById("inbox_items", "notification_id < $1", options.InboxDays);
            yield return ById("notifications", "id < $1 AND delivery_status NOT IN ('pending', 'sending')", options.NotificationDays);
            yield return ById("notify_requests", "id < $1 AND (planned_at IS NOT NULL OR cancelled_at IS NOT NULL)", options.NotificationDays);
            yield return ById(
                "notify_deliveries",
                """
                id < $1 AND state <> 'held'
                AND NOT EXISTS (SELECT FROM notify_digests AS g WHERE g.id = notify_deliveries.digest_id AND g.released_at IS NULL)
                """,
                options.NotificationDays);
            yield return ById("notify_digests", "id < $1 AND released_at IS NOT NULL", options.NotificationDays);
            // with their deliveries and attempts
            yield return ByTime("webhook_messages", "created_at < $1", options.WebhookDays);
            // of posts that are finished; attempts go with their targets, and these before their posts, of which one may have a thousand
            yield return ById(
                "social_post_targets",
                """
                id < $1 AND EXISTS (
                    SELECT FROM social_posts AS p
                    WHERE p.user_id = social_post_targets.user_id AND p.id = social_post_targets.post_id AND p.id < $1
                      AND p.state IN ('published', 'partly', 'failed', 'cancelled'))
                """,
                options.PostDays);
            yield return ById(
                "social_posts",
                """
                id < $1 AND state IN ('published', 'partly', 'failed', 'cancelled')
                AND NOT EXISTS (SELECT FROM social_post_targets AS t WHERE t.post_id = social_posts.id)
                """,
                options.PostDays);
            yield return ByTime("social_health_history", "at < $1", options.HealthHistoryDays);
            yield return ByTime("event_rollups", "granularity = 'minute' AND bucket < $1", options.MinuteRollupDays);
            yield return ByTime("event_rollups", "granularity = 'hour' AND bucket < $1", options.HourRollupDays);
            yield return ByTime("dead_jobs", "died_at < $1", options.DeadJobDays);
            yield return ByTime("idempotency_keys", "created_at < $1", options.IdempotencyKeyDays);
            yield return ByTime("counted_facts", "counted_at < $1", options.CountedFactDays);
            yield return ByTime("job_minutes", "minute < $1", options.JobMinuteDays);
            yield return ById("mail_syncs", "id < $1 AND finished_at IS NOT NULL", options.MailSyncDays);
            yield return ById("tracking_requests", "id < $1", options.TrackingRequestDays);
            yield return ByTime("account_connections", "expires_at < $1", options.AccountConnectionDays);
            yield return ByTime("social_account_states", "at < $1", options.SocialHistoryDays);
            yield return ByTime("social_proxy_checks", "at < $1", options.SocialHistoryDays);
            yield return ById("tracked_emails", TrackedSql, options.TrackedMailDays, isWhole: true);
            yield return ByTime("user_phone_numbers", "verified_at IS NULL AND created_at < $1", options.UnverifiedNumberDays);
            yield return ByTime("api_keys", "revoked_at < $1", options.RevokedKeyDays);
            yield return ByTime("deletions", "completed_at < $1", options.DeletionDays);
            yield return ByTime("received_emails", "tracked_email_id IS NULL AND created_at < $1", options.UnmatchedMailDays);
        }

        PruningStep? ByTime(string table, string condition, int days) =>
            days == 0 ? null : new(table, Delete(table, condition), now.ToUniversalTime().AddDays(-days));

        PruningStep? ById(string table, string condition, int days, bool isWhole = false) =>
            days == 0 ? null : new(table, isWhole ? condition : Delete(table, condition), FirstIdAt(now.AddDays(-days)));
    }

    /// <summary>The smallest UUIDv7 of a time (RFC 9562, 5.7: 48 bits of milliseconds first).</summary>
    public static Guid FirstIdAt(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.ToUnixTimeMilliseconds() << 16);
        return new Guid(bytes, bigEndian: true);
    }

    // idx_notifications_bodies: one that was emptied is not met again
    private const string BodiesSql =
        """
        UPDATE notifications SET body = ''
        WHERE id = ANY (ARRAY(
            SELECT id FROM notifications
            WHERE id < $1 AND body <> '' AND delivery_status NOT IN ('pending', 'sending') LIMIT $2 FOR UPDATE SKIP LOCKED))
        """;

    // with their answers; the hours of which they were are counted again
    private const string TrackedSql =
        """
        WITH old AS MATERIALIZED (
            SELECT id, account_id, sent_at FROM tracked_emails WHERE id < $1 AND status <> 'active' LIMIT $2 FOR UPDATE SKIP LOCKED),
        answers AS (DELETE FROM received_emails WHERE tracked_email_id IN (SELECT id FROM old)),
        noted AS (
            INSERT INTO tracked_email_changes AS c (account_id, hour)
            SELECT DISTINCT account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') AS hour FROM old ORDER BY 1, 2
            ON CONFLICT (account_id, hour) DO UPDATE SET version = c.version + 1)
        DELETE FROM tracked_emails WHERE id IN (SELECT id FROM old)
        """;

    private static string Delete(string table, string condition) =>
        $"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {condition} LIMIT $2))";
}

/// <summary>What is deleted of one table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Sql">Deletes what is older than <c>$1</c>, at most <c>$2</c> rows of it.</param>
/// <param name="Limit">The bound: a time, or an id that begins with that time.</param>
internal sealed record PruningStep(string Table, string Sql, object Limit);
