-- Where notifications come from, generically: a source is its kind (the column that is there) and an id, and what must not be made
-- twice has one key, in place of a column and an index for each kind of source. Rows of before keep their own columns, which are
-- read where source_id is null, and their unique indexes, which hold nothing of the new rows and cost them nothing.
--
-- On a large table in use: to build the index reads the table once (no row has a key yet) and holds up writers meanwhile. Run the two
-- statements below beforehand, the second as CREATE UNIQUE INDEX CONCURRENTLY; this script then finds them done.

ALTER TABLE notifications
    -- the row that led to it: of emails, sms_messages, tracked_emails, mailboxes, by the kind in source
    ADD COLUMN IF NOT EXISTS source_id uuid,
    -- NotificationKeys in Core/Notifications/NotificationDraft.cs
    ADD COLUMN IF NOT EXISTS dedup_key text COLLATE "C";

-- One notification of a user and a key: INSERT … ON CONFLICT (user_id, dedup_key). And when a tracked mail was last reminded of
-- (Workers.Ingest, ClaimDueMails): WHERE user_id = $1 AND dedup_key = 'reminder:…'
CREATE UNIQUE INDEX IF NOT EXISTS idx_notifications_dedup ON notifications (user_id, dedup_key) WHERE dedup_key IS NOT NULL;

-- The reminders of before are looked up by their key too; they are few, and found by their index.
UPDATE notifications
SET source_id = tracked_email_id, dedup_key = 'reminder:' || tracked_email_id || '/' || reminder
WHERE tracked_email_id IS NOT NULL AND dedup_key IS NULL;

-- The SMS and the status callbacks that changed an opt-out: each is applied once, however often its provider delivers it.
-- (Core/Sms/SmsOptOutStore.cs: INSERT … ON CONFLICT DO NOTHING)
CREATE TABLE IF NOT EXISTS sms_opt_changes (
    message_sid text PRIMARY KEY,
    applied_at  timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS idx_sms_opt_changes_applied ON sms_opt_changes USING brin (applied_at);
