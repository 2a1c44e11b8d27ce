-- Who uses Switchboard, and the keys by which their programs speak for them.

CREATE TABLE users (
    id            uuid PRIMARY KEY,
    email         text NOT NULL,
    name          text NOT NULL,
    -- counts up with every change of the user's rules; workers read it with each batch,
    -- so that a rule counts for the very next mail even when no invalidation reached them
    rules_version bigint NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL
);

CREATE UNIQUE INDEX idx_users_email ON users (lower(email));

CREATE TABLE api_keys (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name       text NOT NULL,
    -- SHA-256 of the key: it is random and long, so a fast hash is enough
    hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
    -- the first characters, by which its owner recognises it
    prefix     text NOT NULL,
    scopes     text[] NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE UNIQUE INDEX idx_api_keys_hash ON api_keys (hash);
CREATE INDEX idx_api_keys_user ON api_keys (user_id, created_at DESC);

-- What a creating POST answered, for the same Idempotency-Key again. The row is written in the transaction that makes
-- what was asked for, so there is none for a request in flight: that one holds an advisory lock.
CREATE TABLE idempotency_keys (
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    -- the body of the answer, encrypted (Core/Secrets): it may show a key
    response     bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);

CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);
