-- Events of any type, added up per minute and per hour of when they happened: a row for each type instead of a column, so that a new type
-- of event needs no change here. What was counted before is carried over.
--
-- notification_rollups becomes a view over it, for the processes of the version before: the edge goes on reading it. What that version's
-- Analytics.Worker cannot add to it any more is retried, and counted by the new one. Nobody adds while it is copied; on a large table
-- that takes a minute, and jobs wait.

CREATE TABLE event_rollups (
    user_id     uuid NOT NULL,
    granularity text NOT NULL CHECK (granularity IN ('minute', 'hour')),
    -- notification.delivered; Core/Events/EventRecord.cs
    type        text COLLATE "C" NOT NULL,
    bucket      timestamptz NOT NULL,
    -- what events of the type are counted by: of notifications, their channel
    dimension   text NOT NULL,
    count       bigint NOT NULL,
    -- what is added up of them: of deliveries, the milliseconds that they took
    sum         bigint NOT NULL DEFAULT 0,
    -- GET /api/analytics/notifications, GET /api/notifications/summary:
    --   WHERE user_id = $1 AND granularity = $2 AND type = ANY ($3) AND bucket >= $4 AND bucket < $5
    PRIMARY KEY (user_id, granularity, type, bucket, dimension)
);

-- Retention: WHERE granularity = 'minute' AND bucket < $1
CREATE INDEX idx_event_rollups_bucket ON event_rollups (granularity, bucket);

DO $$
BEGIN
    LOCK TABLE notification_rollups IN EXCLUSIVE MODE;

    INSERT INTO event_rollups (user_id, granularity, type, bucket, dimension, count, sum)
    SELECT r.user_id, r.granularity, one.type, r.bucket, r.channel, one.count, one.sum
    FROM notification_rollups AS r
    CROSS JOIN LATERAL (VALUES
        ('notification.created', r.created, 0),
        ('notification.sent', r.sent, 0),
        ('notification.delivered', r.delivered, r.delivery_ms),
        ('notification.read', r.read, 0),
        ('notification.failed', r.failed, 0),
        ('notification.cancelled', r.cancelled, 0)) AS one (type, count, sum)
    WHERE one.count > 0;

    DROP TABLE notification_rollups;
END
$$;

CREATE VIEW notification_rollups AS
SELECT user_id,
       granularity,
       bucket,
       dimension AS channel,
       coalesce(sum(count) FILTER (WHERE type = 'notification.created'), 0)::bigint AS created,
       coalesce(sum(count) FILTER (WHERE type = 'notification.sent'), 0)::bigint AS sent,
       coalesce(sum(count) FILTER (WHERE type = 'notification.delivered'), 0)::bigint AS delivered,
       coalesce(sum(count) FILTER (WHERE type = 'notification.read'), 0)::bigint AS read,
       coalesce(sum(count) FILTER (WHERE type = 'notification.failed'), 0)::bigint AS failed,
       coalesce(sum(count) FILTER (WHERE type = 'notification.cancelled'), 0)::bigint AS cancelled,
       coalesce(sum(sum) FILTER (WHERE type = 'notification.delivered'), 0)::bigint AS delivery_ms
FROM event_rollups
WHERE type IN ('notification.created', 'notification.sent', 'notification.delivered', 'notification.read', 'notification.failed',
               'notification.cancelled')
GROUP BY user_id, granularity, bucket, dimension;
