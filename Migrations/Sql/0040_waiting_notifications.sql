-- What waits is little however much there is, and so is its index; but the planner multiplied the shares of what was not sent, did not
-- fail and
-- was not cancelled, as if one had nothing to do with the other, and took it for a tenth of all. Of five million notifications it looked
-- through
-- the table in place of the index. Of one expression it knows how often it is null.
--
-- On a large table in use, run this beforehand, outside of this script, which then only puts it in its place:
--   CREATE INDEX CONCURRENTLY idx_active_notifications_next ON notifications (user_id, id DESC)
--       WHERE coalesce(sent_at, failed_at, cancelled_at) IS NULL;
-- The version before asks by the conditions of the former index: while both run, its lists of what waits take as long as the table is
-- large.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_indexes WHERE indexname = 'idx_active_notifications' AND indexdef NOT LIKE '%COALESCE%') THEN
        -- GET /api/notifications?status=pending, sending
        --   WHERE user_id = $1 AND delivery_status = $2 AND coalesce(sent_at, failed_at, cancelled_at) IS NULL
        --   AND id < $cursor ORDER BY id DESC
        CREATE INDEX IF NOT EXISTS idx_active_notifications_next ON notifications (user_id, id DESC)
            WHERE coalesce(sent_at, failed_at, cancelled_at) IS NULL;
        DROP INDEX idx_active_notifications;
        ALTER INDEX idx_active_notifications_next RENAME TO idx_active_notifications;
    END IF;
END
$$;

CREATE STATISTICS IF NOT EXISTS stats_notifications_ended ON (coalesce(sent_at, failed_at, cancelled_at)) FROM notifications;

-- not of an empty table: the planner would take it for one that stays so, and plan to read it as a whole
DO $$
BEGIN
    IF EXISTS (SELECT FROM notifications) THEN
        ANALYZE notifications;
    END IF;
END
$$;
