-- Outgoing webhooks (Standard Webhooks): where a user's events and messages are posted, and what became of each.

CREATE TABLE IF NOT EXISTS webhook_endpoints (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    url             text NOT NULL,
    description     text NOT NULL DEFAULT '',
    -- patterns of types: notification.*, email.replied, *
    events          text[] NOT NULL,
    rate_per_second int CHECK (rate_per_second > 0),
    -- since when every delivery has failed; null while they succeed
    failing_since   timestamptz,
    disabled_at     timestamptz,
    disabled_reason text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
    -- GET /api/webhook-endpoints, events: WHERE user_id = $1 [AND id < $2] ORDER BY id DESC; and what hangs on an endpoint is of the same user
    UNIQUE (user_id, id)
);

-- The secrets of an endpoint: one, and for a while after a rotation the former ones, which sign too.
CREATE TABLE IF NOT EXISTS webhook_secrets (
    id          uuid PRIMARY KEY,
    user_id     uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    endpoint_id uuid NOT NULL,
    -- encrypted (Core/Security), bound to this row
    secret      bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    -- null for the current one
    expires_at  timestamptz,
    FOREIGN KEY (user_id, endpoint_id) REFERENCES webhook_endpoints (user_id, id) ON DELETE CASCADE
);

-- of an endpoint: WHERE user_id = $1 AND endpoint_id = $2
CREATE INDEX IF NOT EXISTS idx_webhook_secrets_endpoint ON webhook_secrets (user_id, endpoint_id);

-- What is told, once for all endpoints: an event, or a notification over the channel webhook. The id is that of the one or the other, so
-- that what comes again is the same message.
CREATE TABLE IF NOT EXISTS webhook_messages (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    type            text NOT NULL,
    -- the body that is posted
    payload         text NOT NULL,
    -- of a notification: what became of its deliveries is told to it
    notification_id uuid,
    created_at      timestamptz NOT NULL
);

-- retention: WHERE created_at < $1; ids say when it happened, which may be long before
CREATE INDEX IF NOT EXISTS idx_webhook_messages_created_at ON webhook_messages (created_at);

-- export and deletion of a user: WHERE user_id = $1 AND id > $2 ORDER BY id
CREATE INDEX IF NOT EXISTS idx_webhook_messages_user ON webhook_messages (user_id, id);

CREATE TABLE IF NOT EXISTS webhook_deliveries (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    endpoint_id     uuid NOT NULL,
    message_id      uuid NOT NULL REFERENCES webhook_messages ON DELETE CASCADE,
    state           text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    -- attempts that were begun, and those since it was last asked for: the second says how long the next one waits
    attempts        int NOT NULL DEFAULT 0,
    tries           int NOT NULL DEFAULT 0,
    -- an attempt is under way since then
    sending_at      timestamptz,
    next_attempt_at timestamptz,
    error           text,
    created_at      timestamptz NOT NULL,
    completed_at    timestamptz,
    -- what is told again goes to no endpoint twice; the deliveries of a message
    UNIQUE (message_id, endpoint_id),
    FOREIGN KEY (user_id, endpoint_id) REFERENCES webhook_endpoints (user_id, id) ON DELETE CASCADE
) WITH (fillfactor = 80);

-- the deliveries of an endpoint, and the span that is recovered: WHERE user_id = $1 AND endpoint_id = $2 [AND id < $3] ORDER BY id DESC
CREATE INDEX IF NOT EXISTS idx_webhook_deliveries_endpoint ON webhook_deliveries (user_id, endpoint_id, id DESC);

CREATE TABLE IF NOT EXISTS webhook_attempts (
    delivery_id     uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    number          int NOT NULL,
    at              timestamptz NOT NULL,
    duration_ms     int NOT NULL,
    -- of the answer; null when there was none
    status          int,
    error           text,
    request_headers jsonb NOT NULL,
    -- its first 2,048 bytes, as text
    response_body   text,
    PRIMARY KEY (delivery_id, number)
);
