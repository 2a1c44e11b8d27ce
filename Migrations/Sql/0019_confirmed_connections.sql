-- Accounts of any provider are connected by one flow, which is bound to the browser in which its user confirmed who asks.

ALTER TABLE account_connections
    DROP CONSTRAINT IF EXISTS account_connections_provider_check,
    ADD CONSTRAINT account_connections_provider_check CHECK (provider <> ''),
    -- SHA-256 of the cookie of that browser: GET /api/accounts/email/callback is for it alone; null until it was confirmed
    ADD COLUMN IF NOT EXISTS browser_hash bytea CHECK (octet_length(browser_hash) = 32);
