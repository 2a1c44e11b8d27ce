-- Autovacuum takes statistics, and since PostgreSQL 17 every CREATE INDEX and VACUUM runs, with an empty search path: a function that an
-- index is made of names the schema of what it calls. tracked_email_terms of 0011 did not, so every ANALYZE of tracked_emails failed.
-- The terms stay the same, and with them the index. The functions that are only called by the application need no schema, and those
-- with a RETURN body are bound to what they call when they are made.
CREATE OR REPLACE FUNCTION tracked_email_terms(account_id uuid, subject text, recipients text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
DECLARE
    tag   text := right(account_id::text, 8);
    terms text[] := array_remove(
        string_to_array(tag || 'w' || replace(public.tracked_subject_words(subject), ' ', ' ' || tag || 'w'), ' '), tag || 'w');
    one   text;
BEGIN
    FOREACH one IN ARRAY recipients LOOP
        -- a lexeme has 2046 bytes at most
        terms := terms || (tag || 'r' || left(one, 500)) || (tag || 'd' || left(split_part(one, '@', -1), 500));
    END LOOP;
    RETURN array_to_tsvector(terms);
END
$$;
