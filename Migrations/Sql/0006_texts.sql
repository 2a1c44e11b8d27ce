-- Phone numbers of users, the texts that come from them, and what is made of those.

CREATE TABLE user_phone_numbers (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    phone_number    text NOT NULL CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
    -- null until its code was given back
    verified_at     timestamptz,
    -- the code that was sent last, encrypted (Core/Secrets); null when none is open
    code            bytea,
    code_expires_at timestamptz,
    -- wrong tries of this code
    code_tries      smallint NOT NULL DEFAULT 0,
    -- when the provider took the code; or why it did not
    code_sent_at    timestamptz,
    code_error      text,
    -- after too many wrong tries no code is taken or sent until then
    paused_until    timestamptz,
    created_at      timestamptz NOT NULL
);

-- One's own numbers: GET /api/phone-numbers, and the same number linked twice
CREATE UNIQUE INDEX idx_user_phone_numbers_user_phone ON user_phone_numbers (user_id, phone_number);

-- Whose text is this (POST /api/sms/webhook): WHERE phone_number = $1 AND verified_at IS NOT NULL; one verified owner a number
CREATE UNIQUE INDEX idx_user_phone_numbers_phone_verified ON user_phone_numbers (phone_number) WHERE verified_at IS NOT NULL;

-- Whether somebody has linked it and not verified it yet: WHERE phone_number = $1
CREATE INDEX idx_user_phone_numbers_phone ON user_phone_numbers (phone_number);

-- One row for each text that came: what makes the same text count once, and what shows those that were not taken.
-- No foreign keys here and on the items: thousands of rows a second would each lock their user's row.
CREATE TABLE sms_messages (
    id           uuid PRIMARY KEY,
    message_sid  text NOT NULL,
    -- null: the number is nobody's
    user_id      uuid,
    sender       text NOT NULL,
    recipient    text NOT NULL,
    -- of texts that were not taken, only that they came is kept
    body         text NOT NULL,
    media_count  smallint NOT NULL,
    -- accepted; refused: over the hourly limit; unverified: linked, its code not given back yet; unknown: nobody's
    outcome      text NOT NULL CHECK (outcome IN ('accepted', 'refused', 'unverified', 'unknown')),
    received_at  timestamptz NOT NULL,
    processed_at timestamptz NOT NULL,
    -- how many rules matched; null until they were asked, which waits for what is said in audio
    matched      smallint,
    CHECK (outcome <> 'accepted' OR user_id IS NOT NULL)
);

-- The same text again: INSERT … ON CONFLICT (message_sid)
CREATE UNIQUE INDEX idx_sms_messages_sid ON sms_messages (message_sid);
-- GET /api/sms/messages: WHERE user_id = $1 [AND outcome = $2] AND id < $cursor ORDER BY id DESC
CREATE INDEX idx_sms_messages_user ON sms_messages (user_id, id DESC);
CREATE INDEX idx_sms_messages_not_accepted ON sms_messages (user_id, outcome, id DESC) WHERE outcome <> 'accepted';
-- Retention: DELETE … WHERE processed_at < $1
CREATE INDEX idx_sms_messages_processed ON sms_messages USING brin (processed_at);

-- When a number that is nobody's was last answered: once a day is enough.
CREATE TABLE sms_replies (
    phone_number text PRIMARY KEY,
    -- the text that was answered: the provider's retry of it is answered again
    message_sid  text NOT NULL,
    replied_at   timestamptz NOT NULL
);

CREATE TABLE enrichment_items (
    id                    uuid PRIMARY KEY,
    user_id               uuid NOT NULL,
    message_id            uuid NOT NULL,
    -- 0 is the text, n its n-th media file
    part                  smallint NOT NULL,
    -- mms: the text came with media
    source                text NOT NULL CHECK (source IN ('sms', 'mms')),
    kind                  text NOT NULL CHECK (kind IN ('text', 'image', 'audio', 'video', 'document')),
    status                text NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    -- why it failed
    reason                text,
    -- times that its media was asked for
    attempts              int NOT NULL DEFAULT 0,
    text                  text,
    media_url             text,
    -- as the provider announced it; once completed, what its bytes are
    content_type          text,
    size_bytes            bigint,
    -- where Core/Media keeps it
    storage_key           text,
    transcript            text,
    transcript_confidence real,
    -- why there is no transcript of audio that was kept
    transcript_note       text,
    -- {links: [], dates: [], phoneNumbers: [], amounts: []} of the text or transcript
    entities              jsonb,
    created_at            timestamptz NOT NULL,
    completed_at          timestamptz,
    failed_at             timestamptz,
    CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CHECK ((status = 'failed') = (failed_at IS NOT NULL AND reason IS NOT NULL))
);

-- Each part of a text once; and the other parts of a text: WHERE message_id = $1
CREATE UNIQUE INDEX idx_enrichment_items_message_part ON enrichment_items (message_id, part);

-- GET /api/enrichments, newest first after a cursor; ids are UUIDv7, so their order is that of creation
--   WHERE user_id = $1 AND id < $cursor ORDER BY id DESC
CREATE INDEX idx_enrichment_items_user ON enrichment_items (user_id, id DESC);

-- GET /api/enrichments?status=
CREATE INDEX idx_enrichment_items_user_status ON enrichment_items (user_id, status, id DESC);

-- GET /api/enrichments?source= and ?source=&status=
CREATE INDEX idx_enrichment_items_user_source_status ON enrichment_items (user_id, source, status, id DESC);

-- GET /api/sms/performance/stats: WHERE created_at >= $1; retention: WHERE created_at < $1
CREATE INDEX idx_enrichment_items_created_at ON enrichment_items (created_at);

-- What is still to be done, oldest first (GET /api/sms/performance/stats): WHERE status IN ('pending', 'processing') ORDER BY id
CREATE INDEX idx_enrichment_items_pending ON enrichment_items (id) WHERE status IN ('pending', 'processing');

-- Numbers that said STOP: nothing is sent to them.
CREATE TABLE sms_opt_outs (
    phone_number text PRIMARY KEY,
    opted_out_at timestamptz NOT NULL,
    -- stop: the number said so in a text; 21610: the provider refused a message for it
    reason       text NOT NULL CHECK (reason IN ('stop', '21610'))
);

-- A rule that matched a text leads to one notification, however often the text comes.
ALTER TABLE notifications ADD COLUMN text_id uuid;
CREATE UNIQUE INDEX idx_notifications_text_rule ON notifications (text_id, rule_id) WHERE text_id IS NOT NULL;
