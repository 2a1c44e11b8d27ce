-- Social publishing: accounts with their groups, proxies and warm-up; media; posts with a target for each account, and the attempts of
-- each; schedules; health. Each user's own: a foreign key names the user too, so that nothing hangs on what is another's.

CREATE TABLE IF NOT EXISTS social_proxies (
    id                   uuid PRIMARY KEY,
    user_id              uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    name                 text NOT NULL,
    scheme               text NOT NULL CHECK (scheme IN ('http', 'https', 'socks5')),
    host                 text NOT NULL,
    port                 int NOT NULL CHECK (port BETWEEN 1 AND 65535),
    -- encrypted (Core/Security): user name and password; null for none
    credentials          bytea,
    state                text NOT NULL DEFAULT 'unchecked' CHECK (state IN ('unchecked', 'up', 'down')),
    latency_ms           int,
    consecutive_failures int NOT NULL DEFAULT 0,
    last_error           text,
    checked_at           timestamptz,
    next_check_at        timestamptz NOT NULL,
    -- counts up with every change of where it is or of its credentials: connections through the former are not used any more
    version              int NOT NULL DEFAULT 1,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    UNIQUE (user_id, id),
    UNIQUE (user_id, name)
);

-- What its checks found, newest last.
CREATE TABLE IF NOT EXISTS social_proxy_checks (
    proxy_id   uuid NOT NULL REFERENCES social_proxies ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    latency_ms int,
    error      text,
    PRIMARY KEY (proxy_id, at)
);

CREATE TABLE IF NOT EXISTS warmup_protocols (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    name       text NOT NULL,
    -- [{"days": 3, "cap": 2}, …]: for so many days so many posts a day
    steps      jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (user_id, id),
    UNIQUE (user_id, name)
);

CREATE TABLE IF NOT EXISTS social_accounts (
    id                   uuid PRIMARY KEY,
    user_id              uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    platform             text NOT NULL CHECK (platform IN ('instagram', 'facebook', 'x', 'linkedin', 'mastodon', 'bluesky')),
    -- the instance of Mastodon, the PDS of Bluesky: https://host; empty for platforms that are in one place
    server               text NOT NULL DEFAULT '',
    -- what the platform knows it by, and what people do
    external_id          text NOT NULL,
    handle               text NOT NULL,
    display_name         text,
    -- encrypted: what gives access tokens, or the token itself where it does not end (Core/Providers/OAuth, GrantStore)
    refresh_token        bytea NOT NULL,
    grant_claim          uuid,
    grant_claimed_until  timestamptz,
    -- when it was granted or refreshed last, and until when it is good as far as is known
    token_refreshed_at   timestamptz,
    token_expires_at     timestamptz,
    state                text NOT NULL CHECK (state IN
                         ('connecting', 'warming', 'active', 'limited', 'needs-authorization', 'suspended', 'paused')),
    state_reason         text,
    -- of limited: until when
    state_until          timestamptz,
    state_changed_at     timestamptz NOT NULL,
    proxy_id             uuid,
    warmup_protocol_id   uuid,
    warmup_started_at    timestamptz,
    -- the user's own cap of posts a day; null for none
    daily_cap            int CHECK (daily_cap > 0),
    tags                 text[] NOT NULL DEFAULT '{}',
    metadata             jsonb NOT NULL DEFAULT '{}',
    -- the platform's own quota, as it was last told: {"used", "limit", "resetsAt"}
    quota                jsonb,
    last_published_at    timestamptz,
    next_health_check_at timestamptz,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    UNIQUE (user_id, id),
    -- who connected it first has it
    UNIQUE (platform, server, external_id),
    FOREIGN KEY (user_id, proxy_id) REFERENCES social_proxies (user_id, id),
    FOREIGN KEY (user_id, warmup_protocol_id) REFERENCES warmup_protocols (user_id, id)
) WITH (fillfactor = 80);

-- GET /api/accounts/social?state=: WHERE user_id = $1 AND state = $2 ORDER BY id DESC
CREATE INDEX IF NOT EXISTS idx_accounts_user_state ON social_accounts (user_id, state, id DESC);

-- Each change of a state, with its reason.
CREATE TABLE IF NOT EXISTS social_account_states (
    account_id uuid NOT NULL REFERENCES social_accounts ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    state      text NOT NULL,
    reason     text,
    PRIMARY KEY (account_id, at)
);

CREATE TABLE IF NOT EXISTS social_groups (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    name       text NOT NULL,
    -- for accounts of the group that have none of their own; of several groups with one, the first by name
    proxy_id   uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (user_id, id),
    UNIQUE (user_id, name),
    FOREIGN KEY (user_id, proxy_id) REFERENCES social_proxies (user_id, id)
);

CREATE TABLE IF NOT EXISTS social_group_members (
    user_id    uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    group_id   uuid NOT NULL,
    account_id uuid NOT NULL,
    PRIMARY KEY (group_id, account_id),
    FOREIGN KEY (user_id, group_id) REFERENCES social_groups (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, account_id) REFERENCES social_accounts (user_id, id) ON DELETE CASCADE
);

-- the groups of an account: WHERE account_id = $1
CREATE INDEX IF NOT EXISTS idx_social_group_members_account ON social_group_members (account_id);

-- Mastodon: the application as it was registered at an instance, once for all its accounts.
CREATE TABLE IF NOT EXISTS social_instances (
    server        text PRIMARY KEY,
    client_id     text NOT NULL,
    -- encrypted
    client_secret bytea NOT NULL,
    created_at    timestamptz NOT NULL
);

-- What an account did in a day of UTC: caps are counted by it, and its health.
CREATE TABLE IF NOT EXISTS social_account_days (
    account_id uuid NOT NULL REFERENCES social_accounts ON DELETE CASCADE,
    day        date NOT NULL,
    -- attempts that count against the caps: sending, accepted and of unknown outcome
    sent       int NOT NULL DEFAULT 0,
    published  int NOT NULL DEFAULT 0,
    failed     int NOT NULL DEFAULT 0,
    throttled  int NOT NULL DEFAULT 0,
    unknown    int NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, day)
) WITH (fillfactor = 80);

CREATE TABLE IF NOT EXISTS social_health (
    account_id  uuid PRIMARY KEY REFERENCES social_accounts ON DELETE CASCADE,
    user_id     uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    score       int NOT NULL CHECK (score BETWEEN 0 AND 100),
    -- {"successRate": {"score", "weight", "value"}, …}
    parts       jsonb NOT NULL,
    computed_at timestamptz NOT NULL
) WITH (fillfactor = 80);

-- One row when the score changed.
CREATE TABLE IF NOT EXISTS social_health_history (
    account_id uuid NOT NULL REFERENCES social_accounts ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    score      int NOT NULL,
    PRIMARY KEY (account_id, at)
);

CREATE TABLE IF NOT EXISTS social_media (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    file_name    text NOT NULL,
    -- what its bytes say it is
    content_type text,
    total_bytes  bigint NOT NULL CHECK (total_bytes > 0),
    -- how much of it is there: an upload goes on from here
    uploaded_bytes bigint NOT NULL DEFAULT 0,
    width        int,
    height       int,
    duration_ms  int,
    sha256       bytea,
    alt_text     text,
    state        text NOT NULL CHECK (state IN ('uploading', 'ready', 'refused')),
    error        text,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    UNIQUE (user_id, id)
);

CREATE TABLE IF NOT EXISTS social_schedules (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    name            text NOT NULL,
    time_zone       text NOT NULL,
    -- slots: posts of its queue go into weekly slots; recurrence: one content goes out every k intervals
    kind            text NOT NULL CHECK (kind IN ('slots', 'recurrence')),
    -- [{"day": "monday", "time": "09:30"}, …]
    slots           jsonb,
    -- {"start", "every", "unit": "hours" | "days" | "weeks", "until" | "count"}
    recurrence      jsonb,
    -- of recurrence: what is posted, and where
    content         jsonb,
    targets         jsonb NOT NULL,
    -- what becomes of occurrences that were missed: none goes out, or one for all
    missed          text NOT NULL DEFAULT 'skip' CHECK (missed IN ('skip', 'once')),
    is_paused       boolean NOT NULL DEFAULT false,
    -- the next occurrence; null when there is none any more or it is paused
    next_at         timestamptz,
    -- how many went out
    occurrences     int NOT NULL DEFAULT 0,
    -- counts up with each change: a job of a former version does nothing
    version         int NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CHECK ((kind = 'slots') = (slots IS NOT NULL)),
    CHECK ((kind = 'recurrence') = (recurrence IS NOT NULL AND content IS NOT NULL)),
    UNIQUE (user_id, id),
    UNIQUE (user_id, name)
);

CREATE TABLE IF NOT EXISTS social_posts (
    id             uuid PRIMARY KEY,
    user_id        uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    -- {"text", "link", "media": [ids], "platforms": {"x": {…}}, "accounts": {"id": {…}}} (Core/Social/PostContent)
    content        jsonb NOT NULL,
    -- {"accounts": [ids], "groups": [ids]}: as it was asked for; what came of it are its rows in social_post_targets
    targets        jsonb NOT NULL,
    state          text NOT NULL CHECK (state IN ('draft', 'scheduled', 'publishing', 'published', 'partly', 'failed', 'cancelled')),
    scheduled_at   timestamptz,
    -- the schedule that it waits in, or that made it; and which occurrence it is
    schedule_id    uuid,
    occurrence_at  timestamptz,
    -- its place in the queue of a schedule of slots; null when it has a time
    queue_position bigint,
    tags           text[] NOT NULL DEFAULT '{}',
    metadata       jsonb NOT NULL DEFAULT '{}',
    -- counts up with each change: what fires reads the newest
    version        int NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    finished_at    timestamptz,
    UNIQUE (user_id, id),
    -- an occurrence of a schedule makes one post
    UNIQUE (schedule_id, occurrence_at),
    FOREIGN KEY (user_id, schedule_id) REFERENCES social_schedules (user_id, id)
) WITH (fillfactor = 80);

-- An account that a post goes to.
CREATE TABLE IF NOT EXISTS social_post_targets (
    id               uuid PRIMARY KEY,
    user_id          uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    post_id          uuid NOT NULL,
    account_id       uuid NOT NULL,
    platform         text NOT NULL,
    -- pending: due later; waiting: due, and held up for a time (reason, next_attempt_at); preparing: uploads; ready: to be sent;
    -- sending: the one attempt is under way; unknown: it may have been made, to be read back or for a person to say
    state            text NOT NULL CHECK (state IN
                     ('draft', 'pending', 'waiting', 'preparing', 'ready', 'sending', 'unknown', 'published', 'failed', 'cancelled', 'deleted')),
    -- why it waits, failed or is not known
    reason           text,
    error            text,
    due_at           timestamptz,
    next_attempt_at  timestamptz,
    -- attempts that were begun; waiting takes none
    attempts         int NOT NULL DEFAULT 0,
    -- what the platform gave while it was prepared: containers, ids of media, the record key
    prepared         jsonb,
    claim            uuid,
    claimed_until    timestamptz,
    -- of what was sent: near-duplicates are found by it (Core/Social)
    text_hash        bigint,
    remote_id        text,
    remote_url       text,
    sent_at          timestamptz,
    published_at     timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    UNIQUE (post_id, account_id),
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, post_id) REFERENCES social_posts (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, account_id) REFERENCES social_accounts (user_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);

-- Each attempt to send, recorded before and after.
CREATE TABLE IF NOT EXISTS social_attempts (
    target_id    uuid NOT NULL REFERENCES social_post_targets ON DELETE CASCADE,
    number       int NOT NULL,
    state        text NOT NULL CHECK (state IN ('prepared', 'sending', 'accepted', 'failed', 'unknown')),
    -- how it was settled when it was read back, or by whom
    settled_by   text CHECK (settled_by IN ('answer', 'read-back', 'person')),
    http_status  int,
    error        text,
    began_at     timestamptz NOT NULL,
    ended_at     timestamptz,
    PRIMARY KEY (target_id, number)
);
