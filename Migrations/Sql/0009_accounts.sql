-- Mailboxes of Microsoft 365 beside those of Gmail, how they were connected, and how their mail is read.

ALTER TABLE mailboxes
    DROP CONSTRAINT mailboxes_provider_check,
    ADD CONSTRAINT mailboxes_provider_check CHECK (provider IN ('gmail', 'microsoft')),
    -- what of the sent mail is tracked, {mode, categories, recipients, windowDays, followUp} (Core/Tracking); null: nothing is
    ADD COLUMN tracking jsonb,
    -- reminders are sent of mail that went out since then, not of what an old mailbox holds
    ADD COLUMN tracking_since timestamptz CHECK ((tracking IS NULL) = (tracking_since IS NULL)),
    -- counts up with everything that changes what is tracked of it: what was cached of a version before is not asked for any more
    ADD COLUMN data_version bigint NOT NULL DEFAULT 0;

-- An OAuth authorization that was begun (RFC 6749, 4.1 with PKCE, RFC 7636) and not yet come back with its code.
CREATE TABLE account_connections (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    provider      text NOT NULL CHECK (provider IN ('microsoft')),
    -- SHA-256 of the state: who has the database cannot end what another began
    state_hash    bytea NOT NULL CHECK (octet_length(state_hash) = 32),
    -- encrypted (Core/Secrets)
    code_verifier bytea NOT NULL,
    -- as it was sent: the exchange of the code must name the same
    redirect_uri  text NOT NULL,
    -- the mailbox that its user meant to connect, if they said so
    address       text,
    tracking      jsonb,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL
);

-- GET /api/accounts/email/callback: DELETE … WHERE state_hash = $1 RETURNING …, so that a state is good once
CREATE UNIQUE INDEX idx_account_connections_state ON account_connections (state_hash);
-- Those that nobody came back to: DELETE … WHERE expires_at < $1
CREATE INDEX idx_account_connections_expires ON account_connections (expires_at);

-- What is known of the changes of a mailbox of Microsoft 365.
CREATE TABLE graph_mailboxes (
    mailbox_id              uuid PRIMARY KEY REFERENCES mailboxes ON DELETE CASCADE,
    -- from where each folder's changes are read on; null: from when the mailbox was connected
    inbox_delta             text,
    sent_delta              text,
    -- the subscription that tells of changes; null until there is one
    subscription_id         text,
    subscription_expires_at timestamptz,
    -- when the changes were last read to their end: whoever was not heard of for long is asked
    read_at                 timestamptz
);

-- Whose notification is this (read-graph-changes): WHERE subscription_id = ANY ($1)
CREATE UNIQUE INDEX idx_graph_mailboxes_subscription ON graph_mailboxes (subscription_id) WHERE subscription_id IS NOT NULL;

-- Full syncs: what of the past of a mailbox is read, and how far that has come.
CREATE TABLE mail_syncs (
    id          uuid PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
    user_id     uuid NOT NULL,
    -- null: from the first mail on
    since       timestamptz,
    batch_size  int NOT NULL CHECK (batch_size BETWEEN 1 AND 1000),
    -- paused: the account is, or its grant was taken back; goes on when it is active again
    state       text NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'completed', 'failed', 'cancelled')),
    -- where each part of the mailbox is read on, moved in one statement with the counts below; null until it was planned
    cursors     jsonb,
    pages       int NOT NULL DEFAULT 0,
    processed   bigint NOT NULL DEFAULT 0,
    errors      bigint NOT NULL DEFAULT 0,
    -- how many mails there were when it was planned
    total       bigint,
    error       text,
    created_at  timestamptz NOT NULL,
    started_at  timestamptz,
    updated_at  timestamptz NOT NULL,
    finished_at timestamptz,
    CHECK ((state IN ('completed', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);

-- One at a time of an account
CREATE UNIQUE INDEX idx_mail_syncs_unfinished ON mail_syncs (account_id) WHERE state IN ('queued', 'running', 'paused');
-- GET /api/emails/sync, newest first after a cursor: WHERE user_id = $1 AND id < $cursor ORDER BY id DESC
CREATE INDEX idx_mail_syncs_user ON mail_syncs (user_id, id DESC);

-- The mails that a sync could not read; the first hundred of each sync.
CREATE TABLE mail_sync_errors (
    sync_id    uuid NOT NULL REFERENCES mail_syncs ON DELETE CASCADE,
    message_id text NOT NULL,
    error      text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (sync_id, message_id)
);

-- Mails that a program asked to track one by one (POST /api/emails/track), and what came of it.
CREATE TABLE tracking_requests (
    id               uuid PRIMARY KEY,
    account_id       uuid NOT NULL REFERENCES mailboxes ON DELETE CASCADE,
    user_id          uuid NOT NULL,
    -- the provider's id of the mail, or its Message-ID in angle brackets
    message_id       text NOT NULL,
    state            text NOT NULL CHECK (state IN ('queued', 'tracked', 'failed')),
    tracked_email_id uuid CHECK ((state = 'tracked') = (tracked_email_id IS NOT NULL)),
    error            text CHECK ((state = 'failed') = (error IS NOT NULL)),
    created_at       timestamptz NOT NULL,
    finished_at      timestamptz
);

-- Retention: DELETE … WHERE id < the first id of a time
