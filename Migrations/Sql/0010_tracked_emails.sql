-- Sent mail that is followed until it is answered, and what came in that may be the answer.
-- What names a mail or a conversation is kept as the first 128 bits of its SHA-256 (Workers.Ingest/Tracking/MailKey.cs): ids of mails have
-- up to a thousand characters, and here they stand in indexes only to be found again.
-- No foreign key on mailboxes: thousands of rows a second would each lock their account's row. What belonged to an account that was
-- disconnected is deleted by the job delete-account-data.

CREATE TABLE tracked_emails (
    id                  uuid PRIMARY KEY,
    account_id          uuid NOT NULL,
    user_id             uuid NOT NULL,
    -- of its Message-ID
    message_key         uuid NOT NULL,
    -- of the provider's id of its conversation; null where there is none
    conversation_key    uuid,
    -- of its subject without Re:, Fwd: and the like
    subject_key         uuid NOT NULL,
    provider_id         text NOT NULL,
    internet_message_id text NOT NULL,
    subject             text NOT NULL,
    -- the first one, and all of them (to, cc, bcc), in lower case
    recipient           text NOT NULL,
    recipient_domain    text NOT NULL,
    recipients          text[] NOT NULL,
    categories          text[] NOT NULL,
    sent_at             timestamptz NOT NULL,
    status              text NOT NULL CHECK (status IN ('active', 'responded', 'bounced', 'expired', 'stopped')),
    -- the first answer of a person; how many there are; an automatic one; that it could not be delivered
    response_at         timestamptz,
    response_seconds    int CHECK (response_seconds >= 0 AND (response_seconds IS NULL) = (response_at IS NULL)),
    has_response        boolean NOT NULL GENERATED ALWAYS AS (response_at IS NOT NULL) STORED,
    responses           int NOT NULL DEFAULT 0,
    auto_replied_at     timestamptz,
    bounced_at          timestamptz,
    -- after that it is not waited for any more; an answer that comes nevertheless counts
    expires_at          timestamptz NOT NULL,
    -- when the next reminder is due; how many were sent; not before a time that its user chose
    remind_at           timestamptz,
    reminders           smallint NOT NULL DEFAULT 0,
    snoozed_until       timestamptz,
    -- the first moment at which there is something to do about one that is active: a reminder, or its end
    next_check_at       timestamptz NOT NULL,
    stopped_at          timestamptz,
    -- policy: its account tracks such mail; request: POST /api/emails/track
    tracked_by          text NOT NULL CHECK (tracked_by IN ('policy', 'request')),
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    CHECK ((status = 'stopped') = (stopped_at IS NOT NULL)),
    CHECK ((status = 'responded') <= (response_at IS NOT NULL)),
    CHECK ((status = 'bounced') <= (bounced_at IS NOT NULL))
);

-- Each mail once, whatever it is read for; whether it is there, and who is named by In-Reply-To and References:
-- WHERE account_id = $1 AND message_key = $2
CREATE UNIQUE INDEX idx_tracked_emails_message ON tracked_emails (account_id, message_key);

-- The last one sent in a conversation before a time; the thread of GET /api/emails/tracked/{id}
CREATE INDEX idx_tracked_emails_conversation ON tracked_emails (account_id, conversation_key, sent_at) WHERE conversation_key IS NOT NULL;

-- The last one sent with a subject before a time
CREATE INDEX idx_tracked_emails_subject ON tracked_emails (account_id, subject_key, sent_at);

-- What is due: WHERE status = 'active' AND next_check_at <= $1 ORDER BY next_check_at LIMIT n FOR UPDATE SKIP LOCKED
CREATE INDEX idx_tracked_emails_active_tracking ON tracked_emails (next_check_at) WHERE status = 'active';

-- Mail that came in and may answer something: with it an answer is found whichever of the two is read first.
-- What answers nothing is deleted after some weeks.
CREATE TABLE received_emails (
    id                  uuid PRIMARY KEY,
    account_id          uuid NOT NULL,
    message_key         uuid NOT NULL,
    conversation_key    uuid,
    subject_key         uuid NOT NULL,
    -- the keys of what In-Reply-To and then References name, the nearest first
    names               uuid[] NOT NULL,
    provider_id         text NOT NULL,
    internet_message_id text NOT NULL,
    sender              text NOT NULL,
    subject             text NOT NULL,
    -- reply: a person wrote it; auto-reply; bounce
    kind                text NOT NULL CHECK (kind IN ('reply', 'auto-reply', 'bounce')),
    -- its subject begins as that of an answer does
    is_answer_subject   boolean NOT NULL,
    received_at         timestamptz NOT NULL,
    -- what it answers, and by what that was recognised
    tracked_email_id    uuid,
    matched_by          text CHECK (matched_by IN ('reference', 'conversation', 'subject') AND (matched_by IS NULL) = (tracked_email_id IS NULL)),
    created_at          timestamptz NOT NULL
);

CREATE UNIQUE INDEX idx_received_emails_message ON received_emails (account_id, message_key);
-- What a mail that was sent may have been answered by: WHERE account_id = $1 AND conversation_key = ANY ($2)
CREATE INDEX idx_received_emails_conversation ON received_emails (account_id, conversation_key) WHERE conversation_key IS NOT NULL;
-- … AND subject_key = ANY ($2) AND is_answer_subject
CREATE INDEX idx_received_emails_subject ON received_emails (account_id, subject_key) WHERE is_answer_subject;
-- WHERE names && $1; without a list of what is to be indexed later: each look-up would read all of that list
CREATE INDEX idx_received_emails_names ON received_emails USING gin (names) WITH (fastupdate = off);
-- The answers of a tracked mail: WHERE tracked_email_id = $1 ORDER BY received_at
CREATE INDEX idx_received_emails_tracked ON received_emails (tracked_email_id, received_at) WHERE tracked_email_id IS NOT NULL;
-- Retention: WHERE tracked_email_id IS NULL AND created_at < $1
CREATE INDEX idx_received_emails_unmatched ON received_emails (created_at) WHERE tracked_email_id IS NULL;

-- The hours whose figures have changed since the materialised views were made: analytics takes these from the tables.
-- version tells a change of which a refresh did not know yet.
CREATE TABLE tracked_email_changes (
    account_id uuid NOT NULL,
    -- of when the mails were sent, UTC
    hour       timestamptz NOT NULL,
    version    bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, hour)
);

ALTER TABLE tracked_email_changes SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- A reminder of a tracked mail leads to one notification, however often it is found due; an account that lost its grant to one each time.
ALTER TABLE notifications
    ADD COLUMN tracked_email_id uuid,
    ADD COLUMN reminder smallint CHECK ((reminder IS NULL) = (tracked_email_id IS NULL));
CREATE UNIQUE INDEX idx_notifications_tracked_reminder ON notifications (tracked_email_id, reminder) WHERE tracked_email_id IS NOT NULL;
