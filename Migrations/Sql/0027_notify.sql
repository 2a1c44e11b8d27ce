-- POST /api/notify: what was asked for, what becomes of each recipient over each channel, and what is gathered into digests.

CREATE TABLE notify_requests (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    category     text COLLATE "C" NOT NULL,
    -- as of notifications: 0 critical … 4 very-low
    priority     smallint NOT NULL CHECK (priority BETWEEN 0 AND 4),
    dedup_key    text COLLATE "C",
    -- Core/Notifications/Notify/NotifyRequest.cs
    request      jsonb NOT NULL,
    -- how far its recipients are planned: the entry of "to" that comes next, of a topic the last member that was planned
    position     int NOT NULL DEFAULT 0,
    member       uuid,
    created_at   timestamptz NOT NULL,
    -- when the last recipient was planned
    planned_at   timestamptz,
    cancelled_at timestamptz
);

-- each page of a fan-out moves the position on: on its page (HOT), no index names what changes
ALTER TABLE notify_requests SET (fillfactor = 70);

-- GET /api/notify, deletion and export of a user: WHERE user_id = $1 AND id < $cursor ORDER BY id DESC
CREATE INDEX idx_notify_requests_user ON notify_requests (user_id, id DESC);

-- one request of a user and a key: INSERT … ON CONFLICT (user_id, dedup_key)
CREATE UNIQUE INDEX idx_notify_requests_dedup ON notify_requests (user_id, dedup_key) WHERE dedup_key IS NOT NULL;

-- A message of a request to one recipient over one channel; its notification has the same id, or that of its digest.
CREATE TABLE notify_deliveries (
    id            uuid PRIMARY KEY,
    request_id    uuid NOT NULL,
    user_id       uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    -- a recipient's id; of a mere address, or an id that is nobody's, a hash of it
    recipient_key uuid NOT NULL,
    -- as it is shown: the recipient's external id, or what was given instead
    recipient     text NOT NULL,
    -- a row in recipients; null where there is none
    recipient_id  uuid,
    -- '' where none could be chosen
    channel       text NOT NULL,
    -- as notifications.recipient; '' where there is none
    address       text NOT NULL,
    -- its place in an order of channels of which the next follows where one fails; null for one that goes by itself
    step          smallint,
    -- created: its notification says the rest; held: until its time; digest: the digest says the rest; waiting: for a step before it
    state         text NOT NULL CHECK (state IN ('created', 'held', 'digest', 'waiting', 'skipped', 'cancelled')),
    -- why it is held or skipped (Workers.Dispatch/Notifications/Planning/DeliveryPlan.cs)
    reason        text,
    until         timestamptz,
    -- with which others it is held: the id of the job that releases them
    hold_id       uuid,
    digest_id     uuid,
    created_at    timestamptz NOT NULL,
    -- a recipient that is named twice is planned once, and the page that shows a request's recipients:
    -- WHERE request_id = $1 AND recipient_key > $2 ORDER BY recipient_key
    UNIQUE (request_id, recipient_key, channel, address)
);

-- the state changes later, on its page (HOT): no index names it
ALTER TABLE notify_deliveries SET (fillfactor = 85);

-- deletion and export of a user: WHERE user_id = $1 ORDER BY id
CREATE INDEX idx_notify_deliveries_user ON notify_deliveries (user_id, id);

-- deletion of a recipient: WHERE recipient_id = $1
CREATE INDEX idx_notify_deliveries_recipient ON notify_deliveries (recipient_id) WHERE recipient_id IS NOT NULL;

-- a hold that ends: WHERE hold_id = $1
CREATE INDEX idx_notify_deliveries_hold ON notify_deliveries (hold_id) WHERE hold_id IS NOT NULL;

-- what a digest says: WHERE digest_id = $1 ORDER BY id
CREATE INDEX idx_notify_deliveries_digest ON notify_deliveries (digest_id, id) WHERE digest_id IS NOT NULL;

-- What is gathered for one recipient, category, key and address, to be told at once. Its events are the deliveries that point to it; its
-- notification has its id.
CREATE TABLE notify_digests (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    recipient_key uuid NOT NULL,
    recipient_id  uuid,
    category      text COLLATE "C" NOT NULL,
    key           text COLLATE "C" NOT NULL,
    channel       text NOT NULL,
    address       text NOT NULL,
    opened_at     timestamptz NOT NULL,
    due_at        timestamptz NOT NULL,
    -- a window that moves on with each event ends here at the latest
    latest_at     timestamptz NOT NULL,
    released_at   timestamptz,
    -- why nothing was told of it after all
    reason        text
);

-- an event of a window that slides moves its end: on its page (HOT)
ALTER TABLE notify_digests SET (fillfactor = 70);

-- the one that is open: INSERT … ON CONFLICT (user_id, recipient_key, category, key, channel, address) WHERE released_at IS NULL
CREATE UNIQUE INDEX idx_notify_digests_open ON notify_digests (user_id, recipient_key, category, key, channel, address)
    WHERE released_at IS NULL;

-- deletion and export of a user: WHERE user_id = $1 ORDER BY id
CREATE INDEX idx_notify_digests_user ON notify_digests (user_id, id);

-- deletion of a recipient: WHERE recipient_id = $1
CREATE INDEX idx_notify_digests_recipient ON notify_digests (recipient_id) WHERE recipient_id IS NOT NULL;
