-- A send changes its notification several times: claimed, answered, delivered. Where such a change touches a column that any index names,
-- in a condition too, each index of the table takes a new entry for it. So what changes each time, delivery_status first of all, is in no
-- index any more: then a change writes the row alone, on its page (HOT). Only the time of sending still is, once a notification.
--
-- On a large table in use: run the two CREATE INDEX beforehand as CREATE INDEX CONCURRENTLY, outside of this script, which then only puts
-- them in the place of the old ones. Else writers wait while they are built.

-- What the code keeps to from now on: what waits or was taken back has no time of sending, what failed has the time.
UPDATE notifications SET sent_at = NULL WHERE delivery_status IN ('pending', 'sending', 'cancelled') AND sent_at IS NOT NULL;
UPDATE notifications SET failed_at = created_at WHERE delivery_status = 'failed' AND failed_at IS NULL;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_indexes
               WHERE indexname = 'idx_notifications_user_status_sent' AND indexdef LIKE '%delivery\_status%') THEN
        -- GET /api/notifications?status=, of what was not sent: pending, sending, cancelled
        --   WHERE user_id = $1 AND delivery_status = $2 AND sent_at IS NULL AND id < $cursor ORDER BY id DESC
        -- What was sent is most of what there is, and found among the newest by idx_notifications_user.
        CREATE INDEX IF NOT EXISTS idx_notifications_user_status_sent_next ON notifications (user_id, id DESC) WHERE sent_at IS NULL;

        -- GET /api/notifications?status=failed:
        --   WHERE user_id = $1 AND delivery_status = 'failed' AND failed_at IS NOT NULL AND id < $cursor ORDER BY id DESC
        CREATE INDEX IF NOT EXISTS idx_notifications_failed_next ON notifications (user_id, id DESC) WHERE failed_at IS NOT NULL;

        -- last, since from here on readers wait too
        DROP INDEX idx_notifications_user_status_sent, idx_notifications_failed;
        ALTER INDEX idx_notifications_user_status_sent_next RENAME TO idx_notifications_user_status_sent;
        ALTER INDEX idx_notifications_failed_next RENAME TO idx_notifications_failed;
    END IF;
END
$$;

-- room on each page for the next version of its rows; of what is there already as it is rewritten
ALTER TABLE notifications SET (fillfactor = 50);

-- Events travel through here, hundreds in a row, and to compress them took an eighth of the time of the database. lz4 makes them as small
-- in a fraction of that; a server that was built without it goes on as before.
DO $$
BEGIN
    ALTER TABLE scheduled_jobs ALTER COLUMN payload SET COMPRESSION lz4;
EXCEPTION
    WHEN feature_not_supported THEN NULL;
END
$$;
