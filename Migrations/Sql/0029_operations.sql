-- What the operations of docs/operations.md need.

-- How far each queue is emptied: everything that was published before taken_until was taken by a worker. What waits is no older.
-- Core/Jobs/QueueStates.cs:
--   WHERE queue = ANY ($1)
CREATE TABLE IF NOT EXISTS job_queues (
    queue       text PRIMARY KEY,
    taken_until timestamptz NOT NULL
) WITH (fillfactor = 50);

-- GET /api/notifications and its export: newest first after a cursor
--   WHERE user_id = $1 AND id < $cursor ORDER BY id DESC
ALTER INDEX IF EXISTS idx_notifications_user RENAME TO idx_user_notifications;

-- What was not sent is two things: what is on its way, which a list asks for and which is little however much there is, and what was taken
-- back. On a large table in use, run these beforehand, outside of this script, which then only puts them in their places:
--   CREATE INDEX CONCURRENTLY idx_active_notifications ON notifications (user_id, id DESC)
--       WHERE sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL;
--   CREATE INDEX CONCURRENTLY idx_notifications_user_status_sent_next ON notifications (user_id, id DESC) WHERE cancelled_at IS NOT NULL;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_indexes
               WHERE indexname = 'idx_notifications_user_status_sent' AND indexdef NOT LIKE '%cancelled\_at%') THEN
        -- GET /api/notifications?status=pending, sending
        --   WHERE user_id = $1 AND delivery_status = $2 AND sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL
        --   AND id < $cursor ORDER BY id DESC
        -- Not by delivery_status itself: what an index names costs an entry in all of them whenever it changes (0022).
        CREATE INDEX IF NOT EXISTS idx_active_notifications ON notifications (user_id, id DESC)
            WHERE sent_at IS NULL AND failed_at IS NULL AND cancelled_at IS NULL;

        -- GET /api/notifications?status=cancelled
        --   WHERE user_id = $1 AND delivery_status = 'cancelled' AND cancelled_at IS NOT NULL AND id < $cursor ORDER BY id DESC
        CREATE INDEX IF NOT EXISTS idx_notifications_user_status_sent_next ON notifications (user_id, id DESC)
            WHERE cancelled_at IS NOT NULL;

        -- last, since from here on readers wait too
        DROP INDEX idx_notifications_user_status_sent;
        ALTER INDEX idx_notifications_user_status_sent_next RENAME TO idx_notifications_user_status_sent;
    END IF;
END
$$;
