-- Who is told: recipients by their user's own ids, where each is reached, the topics that they follow, and what they want to be told how.

CREATE TABLE recipients (
    id          uuid PRIMARY KEY,
    user_id     uuid NOT NULL,
    -- the user's own id of this recipient
    external_id text COLLATE "C" NOT NULL,
    -- IANA's name; null for UTC
    time_zone   text,
    -- as de-AT; null for the default
    locale      text,
    properties  jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    -- GET /api/recipients/{id}, the recipients of a call: WHERE user_id = $1 AND external_id = ANY ($2)
    UNIQUE (user_id, external_id)
);

-- GET /api/recipients: WHERE user_id = $1 AND id < $cursor ORDER BY id DESC
CREATE INDEX idx_recipients_user ON recipients (user_id, id DESC);

-- Where a recipient is reached; of push and chat there may be several.
CREATE TABLE recipient_addresses (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL,
    recipient_id    uuid NOT NULL REFERENCES recipients (id) ON DELETE CASCADE,
    -- as in Core/Notifications/Channels.cs
    channel         text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp', 'push', 'chat')),
    -- whose service: of push fcm, apns or web, of chat slack, discord or teams; else ''
    service         text NOT NULL DEFAULT '',
    -- an email address or a phone number as it is written; of push and chat, null
    address         text,
    -- of push and chat: a token, a subscription or a webhook's address, encrypted, since who has it can send
    secret          bytea,
    -- of the address or secret: SHA-256 over channel, service and value
    fingerprint     bytea NOT NULL,
    -- turned off, since nothing sent there arrives: a dead token, an address that bounces
    disabled_at     timestamptz,
    disabled_reason text,
    created_at      timestamptz NOT NULL,
    CHECK (num_nonnulls(address, secret) = 1),
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
    UNIQUE (recipient_id, fingerprint)
);

-- whose address it is, for preferences of a plain notification and for bounces: WHERE user_id = $1 AND fingerprint = ANY ($2)
CREATE INDEX idx_recipient_addresses_fingerprint ON recipient_addresses (user_id, fingerprint);

CREATE TABLE topics (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL,
    name       text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (user_id, name)
);

CREATE TABLE topic_members (
    topic_id     uuid NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
    recipient_id uuid NOT NULL REFERENCES recipients (id) ON DELETE CASCADE,
    user_id      uuid NOT NULL,
    -- a page of the fan-out: WHERE topic_id = $1 AND recipient_id > $2 ORDER BY recipient_id
    PRIMARY KEY (topic_id, recipient_id)
);

-- deletion of a recipient, and the topics of one
CREATE INDEX idx_topic_members_recipient ON topic_members (recipient_id);

-- deletion of a user
CREATE INDEX idx_topic_members_user ON topic_members (user_id);

-- What notifications are about. One that has no row here is unknown, but default, which always is there.
CREATE TABLE notification_categories (
    user_id     uuid NOT NULL,
    name        text COLLATE "C" NOT NULL,
    -- ignores preferences and quiet hours
    is_critical boolean NOT NULL DEFAULT false,
    -- Core/Notifications/Recipients/CategorySettings.cs: channels, preferences by channel, fallback, digest, throttle
    settings    jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, name)
);

-- What a recipient wants; of the user's own defaults recipient_id is the user's id.
CREATE TABLE recipient_preferences (
    recipient_id uuid PRIMARY KEY,
    user_id      uuid NOT NULL,
    -- {category: {channel: true|false}}, '*' for all categories or channels
    preferences  jsonb NOT NULL DEFAULT '{}',
    -- [{days: [1..7], from: "22:00", to: "07:00"}] in the recipient's zone
    quiet_hours  jsonb NOT NULL DEFAULT '[]',
    updated_at   timestamptz NOT NULL
);

CREATE INDEX idx_recipient_preferences_user ON recipient_preferences (user_id);

-- What a notification is beside its text (subject, HTML, data, …; Core/Notifications/NotificationContent.cs), whose it is, and what it can
-- be found by. All null for a plain text to an address.
ALTER TABLE notifications
    ADD COLUMN content jsonb,
    ADD COLUMN recipient_id uuid,
    ADD COLUMN metadata jsonb;

-- GET /api/notifications?category=, ?notifyId=, ?recipientId=: WHERE user_id = $1 AND metadata @> $2
CREATE INDEX idx_notification_metadata ON notifications USING gin (metadata jsonb_path_ops) WHERE metadata IS NOT NULL;

-- GET /api/inbox, deletion of a recipient: WHERE user_id = $1 AND recipient_id = $2 ORDER BY id DESC
CREATE INDEX idx_notifications_recipient ON notifications (recipient_id, id DESC) WHERE recipient_id IS NOT NULL;
