-- The inbox of a recipient: what became of each of its notifications there. What they say stays in notifications, which is wide and has
-- many indexes; to see or archive an item changes one narrow row here, and no index.
CREATE TABLE IF NOT EXISTS inbox_items (
    -- The order of arrival, which of one recipient is the order of commits (Workers.Dispatch/Channels/Inbox takes a lock): who has read up
    -- to here has missed nothing. Ids of notifications are not: one that waited arrives after younger ones.
    position        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- with it goes its item: retention, deletion of a recipient
    notification_id uuid NOT NULL UNIQUE REFERENCES notifications ON DELETE CASCADE,
    user_id         uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    recipient_id    uuid NOT NULL,
    stored_at       timestamptz NOT NULL,
    seen_at         timestamptz,
    read_at         timestamptz,
    archived_at     timestamptz,
    snoozed_until   timestamptz
) WITH (fillfactor = 90);

-- GET /api/inbox, its events, deletion of a user: WHERE user_id = $1 AND recipient_id = $2 [AND position < $3] ORDER BY position DESC
CREATE INDEX IF NOT EXISTS idx_inbox_items_recipient ON inbox_items (user_id, recipient_id, position DESC);

-- GET /api/inbox/unread-count, ?unread=true, read-all: the same AND read_at IS NULL. An item leaves it once, when it is read.
CREATE INDEX IF NOT EXISTS idx_inbox_items_unread ON inbox_items (user_id, recipient_id, position DESC) WHERE read_at IS NULL;
