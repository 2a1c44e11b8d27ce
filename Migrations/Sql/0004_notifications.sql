-- What goes out to people, each try of it, and the roll-ups over it.

CREATE TABLE notifications (
    id                  uuid PRIMARY KEY,
    user_id             uuid NOT NULL,
    channel             text NOT NULL,
    recipient           text NOT NULL,
    body                text NOT NULL,
    -- 0 critical … 4 very-low, as in Core/Jobs/JobPriority.cs
    priority            smallint NOT NULL CHECK (priority BETWEEN 0 AND 4),
    delivery_status     text NOT NULL CHECK (delivery_status IN
                            ('pending', 'sending', 'sent', 'delivered', 'read', 'failed', 'cancelled')),
    -- where it comes from: 'email' (a rule matched) or 'api'
    source              text NOT NULL,
    email_id            uuid,
    rule_id             uuid,
    -- sends begun so far; the row of the last one in notification_attempts has this number
    attempts            int NOT NULL DEFAULT 0,
    provider_message_id text,
    error               text,
    created_at          timestamptz NOT NULL,
    -- not before this time
    send_at             timestamptz,
    -- when the last send was begun: recorded before the provider is called
    sending_at          timestamptz,
    sent_at             timestamptz,
    delivered_at        timestamptz,
    read_at             timestamptz,
    failed_at           timestamptz,
    cancelled_at        timestamptz
);

-- A rule that matched a mail leads to one notification, however often the mail comes.
CREATE UNIQUE INDEX idx_notifications_email_rule ON notifications (email_id, rule_id) WHERE email_id IS NOT NULL;

-- GET /api/notifications: newest first after a cursor; ids are UUIDv7, so their order is that of creation
--   WHERE user_id = $1 AND id < $cursor ORDER BY id DESC
CREATE INDEX idx_notifications_user ON notifications (user_id, id DESC);

-- GET /api/notifications?status= and GET /api/notifications/summary:
--   WHERE user_id = $1 AND delivery_status = $2 [AND sent_at >= $3]
CREATE INDEX idx_notifications_user_status_sent ON notifications (user_id, delivery_status, sent_at);

-- GET /api/notifications?status=failed, and what an operator looks at first:
--   WHERE user_id = $1 AND delivery_status = 'failed' ORDER BY failed_at DESC
CREATE INDEX idx_notifications_failed ON notifications (user_id, failed_at DESC) WHERE delivery_status = 'failed';

-- A status callback that names only the provider's id.
CREATE INDEX idx_notifications_provider_message ON notifications (provider_message_id) WHERE provider_message_id IS NOT NULL;

CREATE TABLE notification_attempts (
    notification_id uuid NOT NULL,
    number          int NOT NULL,
    at              timestamptz NOT NULL,
    -- sent: the provider took it; transient, permanent: it refused; unknown: no answer came, it may have been sent
    outcome         text NOT NULL CHECK (outcome IN ('sent', 'transient', 'permanent', 'unknown')),
    provider_status int,
    error           text,
    duration_ms     int NOT NULL,
    PRIMARY KEY (notification_id, number)
);

-- Facts added up per minute and per hour of when they happened.
CREATE TABLE notification_rollups (
    user_id     uuid NOT NULL,
    granularity text NOT NULL CHECK (granularity IN ('minute', 'hour')),
    bucket      timestamptz NOT NULL,
    channel     text NOT NULL,
    created     bigint NOT NULL DEFAULT 0,
    sent        bigint NOT NULL DEFAULT 0,
    delivered   bigint NOT NULL DEFAULT 0,
    read        bigint NOT NULL DEFAULT 0,
    failed      bigint NOT NULL DEFAULT 0,
    cancelled   bigint NOT NULL DEFAULT 0,
    -- from created to delivered, in milliseconds, over the delivered ones
    delivery_ms bigint NOT NULL DEFAULT 0,
    -- GET /api/analytics/notifications: WHERE user_id = $1 AND granularity = $2 AND bucket >= $3 AND bucket < $4
    PRIMARY KEY (user_id, granularity, bucket, channel)
);

CREATE INDEX idx_notification_rollups_bucket ON notification_rollups (granularity, bucket);

-- The batches of facts already counted: a batch that comes again changes nothing.
CREATE TABLE counted_facts (
    job_id     uuid PRIMARY KEY,
    counted_at timestamptz NOT NULL
);

CREATE INDEX idx_counted_facts_at ON counted_facts USING brin (counted_at);
