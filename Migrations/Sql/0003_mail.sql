-- Mailboxes that are read, the rules for what arrives, and what arrived.

CREATE TABLE mailboxes (
    id               uuid PRIMARY KEY,
    user_id          uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    provider         text NOT NULL CHECK (provider IN ('gmail')),
    address          text NOT NULL,
    -- OAuth refresh token, encrypted (Core/Secrets)
    refresh_token    bytea NOT NULL,
    status           text NOT NULL CHECK (status IN ('active', 'paused', 'revoked')),
    status_reason    text,
    -- everything up to here is safe; null before the first sync
    history_id       bigint,
    watch_expires_at timestamptz,
    synced_at        timestamptz,
    created_at       timestamptz NOT NULL
);

CREATE UNIQUE INDEX idx_mailboxes_address ON mailboxes (provider, lower(address));
CREATE INDEX idx_mailboxes_user ON mailboxes (user_id);

CREATE TABLE rules (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name          text NOT NULL,
    type          text NOT NULL CHECK (type IN ('sender', 'content', 'combined')),
    -- {addresses: [], domains: [], wildcards: [], exclusions: []}
    sender_rules  jsonb NOT NULL,
    -- {anyOf: [], allOf: [], noneOf: [], scope: subject|body|both, hasAttachment: true|false|null}
    content_rules jsonb NOT NULL,
    priority      int NOT NULL,
    active        boolean NOT NULL,
    -- go on to the next rule after a match
    continue      boolean NOT NULL,
    template      text NOT NULL,
    channel       text NOT NULL,
    recipient     text NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);

-- The rules that apply to a user's mail, in their order (Workers.Ingest, for each user not in its cache):
--   SELECT … FROM rules WHERE user_id = $1 AND active ORDER BY priority DESC, created_at, id
CREATE INDEX idx_rules_user_active ON rules (user_id, priority DESC, created_at, id) WHERE active;

-- The list of a user's rules at GET /api/rules: ORDER BY created_at DESC, id DESC after a cursor.
CREATE INDEX idx_rules_user_created ON rules (user_id, created_at DESC, id DESC);

-- GET /api/rules?sender=: which rules name this address or domain
--   WHERE user_id = $1 AND sender_rules @> '{"addresses": ["…"]}'
CREATE INDEX idx_rules_sender_gin ON rules USING gin (sender_rules jsonb_path_ops);

-- GET /api/rules?keyword=: which rules look for this word
--   WHERE user_id = $1 AND content_rules @> '{"anyOf": ["…"]}'
CREATE INDEX idx_rules_content_gin ON rules USING gin (content_rules jsonb_path_ops);

-- One row for each mail that was taken: what makes the same mail count once.
-- No foreign key here and on notifications: thousands of rows a second would each lock their user's row.
CREATE TABLE emails (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL,
    -- 'mailbox:<id>' or 'user:<id>': message ids are unique within it
    source       text NOT NULL,
    message_id   text NOT NULL,
    sender       text NOT NULL,
    subject      text NOT NULL,
    received_at  timestamptz NOT NULL,
    -- when the webhook took it
    accepted_at  timestamptz NOT NULL,
    processed_at timestamptz NOT NULL,
    -- how many rules matched
    matched      smallint NOT NULL
);

-- The same mail again: INSERT … ON CONFLICT (source, message_id) DO NOTHING
CREATE UNIQUE INDEX idx_emails_source_message ON emails (source, message_id);
-- Retention: DELETE … WHERE processed_at < $1
CREATE INDEX idx_emails_processed ON emails USING brin (processed_at);
