-- What belongs to a user cannot be written when they are gone (0021_deletion.sql). Looked at when a transaction ends.
DO $$
DECLARE
    owned text;
BEGIN
    FOREACH owned IN ARRAY ARRAY['recipients', 'recipient_addresses', 'topics', 'topic_members', 'notification_categories', 'recipient_preferences'] LOOP
        IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = owned || '_user_fkey') THEN
            EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (user_id) REFERENCES users DEFERRABLE INITIALLY DEFERRED', owned, owned || '_user_fkey');
        END IF;
    END LOOP;
END
$$;

-- Null where nothing was said of quiet hours, so that the user's default holds; an empty list is none at all.
ALTER TABLE recipient_preferences ALTER COLUMN quiet_hours DROP NOT NULL, ALTER COLUMN quiet_hours DROP DEFAULT;

-- How many recipients a user has, counted in the transactions that make and delete them: counting millions at each call would take seconds.
ALTER TABLE users ADD COLUMN IF NOT EXISTS recipients bigint NOT NULL DEFAULT 0;
