-- The key pair by which push services know this installation (RFC 8292). One, made when it is first asked for and kept: each browser's
-- subscription is bound to it.

CREATE TABLE vapid_keys (
    id          smallint PRIMARY KEY CHECK (id = 1),
    -- the point, uncompressed
    public_key  bytea NOT NULL CHECK (octet_length(public_key) = 65),
    -- PKCS #8, encrypted
    private_key bytea NOT NULL,
    created_at  timestamptz NOT NULL
);
