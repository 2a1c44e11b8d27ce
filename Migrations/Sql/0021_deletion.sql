-- What is deleted is gone, whatever dies meanwhile: what is still to be done is written here in the transaction that deletes.

-- A user who is being deleted, and afterwards that one was: the document outlives the user and does not name them any more.
CREATE TABLE IF NOT EXISTS deletions (
    -- random: who knows it may watch
    id           uuid PRIMARY KEY,
    -- null when it is completed; no foreign key, since it outlives the user
    user_id      uuid,
    -- the accounts that were disconnected for it, and their addresses and the user's phone numbers: for jobs and caches that name them
    accounts     uuid[],
    names        text[],
    requested_at timestamptz NOT NULL,
    completed_at timestamptz,
    CHECK ((completed_at IS NULL) = (user_id IS NOT NULL AND accounts IS NOT NULL AND names IS NOT NULL))
);

-- Once a user: INSERT … ON CONFLICT (user_id)
CREATE UNIQUE INDEX IF NOT EXISTS idx_deletions_user ON deletions (user_id) WHERE user_id IS NOT NULL;

-- Accounts that were disconnected and whose subscription, watch and grant are still to be ended at their provider. The row goes when
-- they are; the account itself is gone, and may be connected again meanwhile.
CREATE TABLE IF NOT EXISTS account_endings (
    account_id      uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users,
    provider        text NOT NULL,
    address         text NOT NULL,
    -- encrypted (Core/Security), as it was in mailboxes
    refresh_token   bytea NOT NULL,
    subscription_id text,
    created_at      timestamptz NOT NULL
);

CREATE INDEX IF NOT EXISTS idx_account_endings_user ON account_endings (user_id);

-- All mails of a user: WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT n (export), DELETE … WHERE user_id = $1 (deletion).
-- On a large table in use run this beforehand as CREATE INDEX CONCURRENTLY; this script then finds it done. The next one likewise.
CREATE INDEX IF NOT EXISTS idx_emails_user ON emails (user_id, id);

-- Retention of bodies: UPDATE … WHERE id < $1 AND body <> ''
CREATE INDEX IF NOT EXISTS idx_notifications_bodies ON notifications (id) WHERE body <> '';

-- What belongs to a user cannot be written when they are gone, and they are not gone while there is any of it: deletion goes by chunks, so
-- nothing cascades from here. Looked at when a transaction ends: the row of the user is shared for the shortest time.
-- (What hangs on an account, tracked_emails and the like, needs none: its recording holds the row in mailboxes.)
-- On large tables in use: to validate reads them once, and others go on meanwhile if it is done beforehand, outside of this script, each
-- ADD CONSTRAINT … NOT VALID and each VALIDATE by itself.
DO $$
DECLARE
    owned text;
BEGIN
    FOREACH owned IN ARRAY ARRAY['notifications', 'emails', 'sms_messages', 'enrichment_items', 'event_rollups'] LOOP
        IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = owned || '_user_fkey') THEN
            EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (user_id) REFERENCES users DEFERRABLE INITIALLY DEFERRED NOT VALID', owned, owned || '_user_fkey');
        END IF;
        EXECUTE format('ALTER TABLE %I VALIDATE CONSTRAINT %I', owned, owned || '_user_fkey');
    END LOOP;
END
$$;

-- What a tracked mail or account led to is found by its source when it is deleted: WHERE source = 'tracking' AND source_id = $1. Few
-- notifications are of that kind.
CREATE INDEX IF NOT EXISTS idx_notifications_tracking ON notifications (source_id) WHERE source = 'tracking';

-- The views of tracked mail hold accounts until they are refreshed; who waits for that says so (Analytics.Worker/Email).
ALTER TABLE tracking_view_refreshes ADD COLUMN IF NOT EXISTS wanted boolean NOT NULL DEFAULT false;
