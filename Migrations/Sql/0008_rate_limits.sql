-- What may be called at a provider: permits of a window and slots of concurrent calls. The truth is here; Redis and the processes
-- hold parts of it that were recorded before (Core/Limits).

CREATE TABLE rate_limit_windows (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- what is limited: graph:<mailbox>
    key          text NOT NULL,
    -- what was given out and not given back
    permits      int NOT NULL CHECK (permits >= 0),
    -- the first grant in this row; those of the same 32nd of a window share one
    first_at     timestamptz NOT NULL,
    -- a window after its last permit can have been used
    counts_until timestamptz NOT NULL
);

-- What counts of a key (check_and_record_rate_limit): WHERE key = $1 AND counts_until > $2; the latest row of a key: ORDER BY counts_until DESC
CREATE INDEX idx_rate_limit_active_window ON rate_limit_windows (key, counts_until);
-- What counts no more, of any key: WHERE counts_until <= $1 ORDER BY counts_until LIMIT n
CREATE INDEX idx_rate_limit_windows_ended ON rate_limit_windows (counts_until);

-- Rows live for minutes and are written to often.
ALTER TABLE rate_limit_windows SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Gives out permits of a key: none, or at least $5 (all, when it is null) and at most $4, fewer as they run out: a quarter of what is free.
-- They may be used until $6 from now and count for a window after that. Callers of one key come one after another, and each statement
-- sees what the one before wrote: to be called in a transaction of its own, READ COMMITTED.
--   granted      how many
--   remaining    how many are free after that
--   retry_after  when as many as were needed are free, if nothing is given back; zero when granted
--   lease        the row that counts them; what was not used is taken off it
CREATE FUNCTION check_and_record_rate_limit(
    limit_key text, max_permits int, time_window interval, wanted int, at_least int DEFAULT NULL, usable_for interval DEFAULT interval '0')
RETURNS TABLE (granted int, remaining int, retry_after interval, lease bigint)
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
    needed int := coalesce(at_least, wanted);
    free   int;
BEGIN
    IF needed < 1 OR needed > wanted OR needed > max_permits THEN
        RAISE EXCEPTION 'At least % of % permits cannot be had of %.', needed, wanted, max_permits USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(limit_key, 0));
    moment := clock_timestamp();

    SELECT max_permits - coalesce(sum(w.permits), 0) INTO free
    FROM rate_limit_windows AS w
    WHERE w.key = limit_key AND w.counts_until > moment;

    granted := CASE WHEN free < needed THEN 0 ELSE least(wanted, greatest(needed, free / 4)) END;
    remaining := greatest(0, free - granted);
    retry_after := interval '0';
    IF granted = 0 THEN
        -- null when some were given back since the statement above
        SELECT coalesce(min(w.counts_until) - moment, interval '10 milliseconds') INTO retry_after
        FROM (
            SELECT c.counts_until, sum(c.permits) OVER (ORDER BY c.counts_until) AS freed
            FROM rate_limit_windows AS c
            WHERE c.key = limit_key AND c.counts_until > moment) AS w
        WHERE w.freed >= needed - free;
        RETURN NEXT;
        RETURN;
    END IF;

    UPDATE rate_limit_windows AS w
    SET permits = w.permits + granted, counts_until = greatest(w.counts_until, moment + usable_for + time_window)
    WHERE w.id = (
        SELECT l.id FROM rate_limit_windows AS l
        WHERE l.key = limit_key AND l.counts_until > moment
        ORDER BY l.counts_until DESC LIMIT 1)
      AND w.first_at > moment - time_window / 32
    RETURNING w.id INTO lease;
    IF lease IS NULL THEN
        INSERT INTO rate_limit_windows (key, permits, first_at, counts_until)
        VALUES (limit_key, granted, moment, moment + usable_for + time_window)
        RETURNING id INTO lease;
        -- more go than come, so the table holds little but what counts
        DELETE FROM rate_limit_windows AS w WHERE w.id IN (
            SELECT o.id FROM rate_limit_windows AS o
            WHERE o.counts_until <= moment
            ORDER BY o.counts_until LIMIT 4
            FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN NEXT;
END
$$;

-- Calls at the same time: who holds how many slots of a key, and until when without a word of it.
CREATE TABLE rate_limit_slots (
    key        text NOT NULL,
    -- redis:<run of the server>, which gives them on, or one call
    holder     text NOT NULL,
    slots      int NOT NULL CHECK (slots > 0),
    held_until timestamptz NOT NULL,
    PRIMARY KEY (key, holder)
);

-- What nobody holds any more, of any key: WHERE held_until <= $1 ORDER BY held_until LIMIT n
CREATE INDEX idx_rate_limit_slots_ended ON rate_limit_slots (held_until);

ALTER TABLE rate_limit_slots SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Holds slots for some time from now, or holds them for longer: as many as others leave, at most $4, never fewer than it holds already.
-- Answers how many it holds now. To be called in a transaction of its own, READ COMMITTED.
CREATE FUNCTION hold_concurrency_slots(slot_key text, max_slots int, slot_holder text, wanted int, hold_for interval)
RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
    others int;
    mine   int;
    held   int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(slot_key, 1));
    moment := clock_timestamp();

    SELECT coalesce(sum(s.slots) FILTER (WHERE s.holder <> slot_holder), 0), coalesce(max(s.slots) FILTER (WHERE s.holder = slot_holder), 0)
    INTO others, mine
    FROM rate_limit_slots AS s
    WHERE s.key = slot_key AND s.held_until > moment;
    held := greatest(mine, least(wanted, max_slots - others));
    IF held = 0 THEN
        RETURN 0;
    END IF;

    INSERT INTO rate_limit_slots AS s (key, holder, slots, held_until)
    VALUES (slot_key, slot_holder, held, moment + hold_for)
    ON CONFLICT (key, holder) DO UPDATE SET slots = excluded.slots, held_until = greatest(s.held_until, excluded.held_until);
    DELETE FROM rate_limit_slots AS s WHERE (s.key, s.holder) IN (
        SELECT o.key, o.holder FROM rate_limit_slots AS o
        WHERE o.held_until <= moment
        ORDER BY o.held_until LIMIT 4
        FOR UPDATE SKIP LOCKED);
    RETURN held;
END
$$;
