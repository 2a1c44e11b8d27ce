-- Accounts of social platforms: when their warm-up ends, what is left to end of those that are gone, and the indexes of their queries.

ALTER TABLE social_accounts
    -- of a warm-up that has begun: changed with the steps of its protocol
    ADD COLUMN IF NOT EXISTS warmup_ends_at timestamptz;

ALTER TABLE social_instances
    -- where the instance sends account holders back to: registered for another address it is registered again
    ADD COLUMN IF NOT EXISTS redirect_uri text NOT NULL DEFAULT '';

-- An account that was disconnected, until its grant is revoked at its platform.
CREATE TABLE IF NOT EXISTS social_account_endings (
    account_id    uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    platform      text NOT NULL,
    server        text NOT NULL,
    external_id   text NOT NULL,
    handle        text NOT NULL,
    -- encrypted, as it was in social_accounts
    refresh_token bytea NOT NULL,
    -- what its requests went through; without it none goes out
    proxy_id      uuid,
    created_at    timestamptz NOT NULL
);

-- the deletion of a user: WHERE user_id = $1
CREATE INDEX IF NOT EXISTS idx_social_account_endings_user ON social_account_endings (user_id);

-- GET /api/accounts/social: WHERE user_id = $1 ORDER BY id DESC is UNIQUE (user_id, id), read backwards, and so are proxies and groups;
-- …?platform=: WHERE user_id = $1 AND platform = $2 ORDER BY id DESC
CREATE INDEX IF NOT EXISTS idx_accounts_user_platform ON social_accounts (user_id, platform, id DESC);
-- …?tag=: WHERE user_id = $1 AND tags @> ARRAY[$2]
CREATE INDEX IF NOT EXISTS idx_accounts_tags ON social_accounts USING gin (tags);
-- DELETE /api/proxies/{id}: WHERE user_id = $1 AND proxy_id = $2
CREATE INDEX IF NOT EXISTS idx_accounts_proxy ON social_accounts (user_id, proxy_id) WHERE proxy_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_social_groups_proxy ON social_groups (user_id, proxy_id) WHERE proxy_id IS NOT NULL;
-- PATCH and DELETE /api/warmup-protocols/{id}: WHERE user_id = $1 AND warmup_protocol_id = $2
CREATE INDEX IF NOT EXISTS idx_accounts_warmup ON social_accounts (user_id, warmup_protocol_id) WHERE warmup_protocol_id IS NOT NULL;
-- review-accounts: warm-ups that are over, limits that are over, accounts to be checked
CREATE INDEX IF NOT EXISTS idx_accounts_warmup_end ON social_accounts (warmup_ends_at) WHERE state = 'warming';
CREATE INDEX IF NOT EXISTS idx_accounts_limit_end ON social_accounts (state_until) WHERE state = 'limited';
CREATE INDEX IF NOT EXISTS idx_accounts_next_check ON social_accounts (next_health_check_at)
    WHERE state IN ('connecting', 'warming', 'active', 'limited');
-- check-proxies: WHERE next_check_at <= $1 ORDER BY next_check_at
CREATE INDEX IF NOT EXISTS idx_social_proxies_next_check ON social_proxies (next_check_at);
-- GET /api/groups/{id}/members: WHERE user_id = $1 AND group_id = $2 ORDER BY account_id DESC is the primary key;
-- the deletion of a user: WHERE user_id = $1
CREATE INDEX IF NOT EXISTS idx_social_group_members_user ON social_group_members (user_id);
-- what is older than Social:HistoryDays: WHERE at < $1
CREATE INDEX IF NOT EXISTS idx_social_account_states_at ON social_account_states (at);
CREATE INDEX IF NOT EXISTS idx_social_proxy_checks_at ON social_proxy_checks (at);
