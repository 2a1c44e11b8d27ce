-- GET /api/emails/tracked over accounts of half a million mails. As in 0011 in what it answers; what a list with a recipient or a search
-- looks at one by one is now
--   in the order of the list, by the index that has it: without an order the planner took another one of the account's and read all of it;
--   of the asked status alone, where that is in the index;
--   as much as the first ones promise to need: a word that an eighth of all mails have was often left to the index of terms, which has
--   no order, so that each mail with the word is read.
-- In the order of answers, mails of another status than responded are found by their status, with a search too.

-- What an index has in the order of a list: an account, or where a status or a response is asked for, its mails of one status with or
-- without a response. A query with the parameters of both functions below.
CREATE FUNCTION tracked_email_streams(with_status text, with_response boolean) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN with_status IS NULL AND with_response IS NULL THEN 'SELECT a.account_id FROM unnest($1) AS a (account_id)' ELSE
    'SELECT a.account_id, b.status, c.has_response FROM unnest($1) AS a (account_id) CROSS JOIN unnest('
    || CASE WHEN with_status IS NULL THEN '''{active,responded,bounced,expired,stopped}''::text[]' ELSE 'ARRAY[$2]' END
    || ') AS b (status) CROSS JOIN unnest('
    || CASE WHEN with_response IS NULL THEN '''{true,false}''::boolean[]' ELSE 'ARRAY[$3]' END || ') AS c (has_response)' END;

-- The condition that a mail t is in such a stream s.
CREATE FUNCTION tracked_email_in_stream(with_status text, with_response boolean) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN 't.account_id = s.account_id' || CASE WHEN with_status IS NULL AND with_response IS NULL THEN '' ELSE
    ' AND t.status = s.status AND t.has_response = s.has_response' END;

CREATE OR REPLACE FUNCTION get_tracked_emails(
    accounts uuid[], with_status text DEFAULT NULL, with_response boolean DEFAULT NULL, recipient text DEFAULT NULL, search text DEFAULT NULL,
    sent_since timestamptz DEFAULT NULL, sent_until timestamptz DEFAULT NULL, sort text DEFAULT '-sentAt',
    after_at timestamptz DEFAULT NULL, after_id uuid DEFAULT NULL, take int DEFAULT 50, skip int DEFAULT 0)
RETURNS SETOF tracked_emails
LANGUAGE plpgsql STABLE ROWS 100
SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '64MB' AS $$
DECLARE
    -- how many mails are looked at one by one for terms that many may have, before the index of terms is asked: a few to see how many have
    -- them, and as many as will do by that, if those are not too many
    most      int := 500;
    at_most   constant int := 6000;
    patterns  text[] := tracked_email_patterns(search);
    parts     text[] := array(SELECT '%' || ltrim(pattern, '% ') FROM unnest(patterns) AS pattern);
    by_terms  boolean := recipient IS NOT NULL OR patterns IS NOT NULL;
    by_answer boolean := ltrim(sort, '-') = 'respondedAt';
    at        text := CASE WHEN by_answer THEN 't.response_at' ELSE 't.sent_at' END;
    backwards boolean := left(sort, 1) = '-';
    direction text := CASE WHEN backwards THEN 'DESC' ELSE 'ASC' END;
    ordered   text := format(' ORDER BY %s %2$s, t.id %2$s ', at, direction);
    -- a cursor outside of the asked time excludes nothing, but the scan of the index would begin at it
    bound     timestamptz := CASE WHEN by_answer OR NOT coalesce(CASE WHEN backwards THEN after_at >= sent_until ELSE after_at < sent_since END, false)
                             THEN after_at END;
    -- whom the list has at all, and where in its order the part begins
    span      text := CASE WHEN by_answer THEN ' AND t.response_at IS NOT NULL' ELSE '' END
                   || CASE WHEN bound IS NULL THEN '' ELSE format(' AND (%s, t.id) %s ($8, $9)', at, CASE WHEN backwards THEN '<' ELSE '>' END) END
                   || tracked_email_filter(NULL, NULL, NULL, NULL, sent_since, sent_until);
    states    text := tracked_email_filter(with_status, CASE WHEN NOT by_answer THEN with_response END, NULL, NULL, NULL, NULL);
    terms     text := tracked_email_filter(NULL, NULL, recipient, patterns, NULL, NULL);
    -- the index by answers knows no status: there it is a filter beside
    beside    text := CASE WHEN by_answer THEN states ELSE '' END;
    streams   text := tracked_email_streams(CASE WHEN NOT by_answer THEN with_status END, CASE WHEN NOT by_answer THEN with_response END);
    stream    text := tracked_email_in_stream(CASE WHEN NOT by_answer THEN with_status END, CASE WHEN NOT by_answer THEN with_response END);
    needed    int := skip + take;
    sure      boolean := false;
    -- with a few accounts, and so a few streams, the first ones of each are few enough
    reach     interval := CASE WHEN cardinality(accounts) <= 4 THEN interval '40 years' ELSE interval '1 minute' END;
    edge      timestamptz;
    far       timestamptz;
    last      timestamptz;
    seen      int;
    before    int := 0;
    likely    bigint;
    ids       uuid[];
    keys      text;
BEGIN
    IF sort NOT IN ('sentAt', '-sentAt', 'respondedAt', '-respondedAt') THEN
        RAISE EXCEPTION 'A list is not sorted by %.', sort USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF by_answer AND NOT with_response OR needed = 0 THEN
        RETURN;
    END IF;

    IF by_answer AND with_status <> 'responded' THEN
        -- few are stopped and answered, and no others: by their status they are found at once, in the order of answers never
        keys := format(
            'SELECT t.id, %s AS at
             FROM (SELECT * FROM tracked_emails AS m WHERE m.account_id = ANY ($1) AND m.has_response AND m.status = $2 OFFSET 0) AS t
             WHERE true%s%s', at, span, replace(terms, '$11', '$15'));
    ELSIF by_terms THEN
        -- What many mails have is found among the first ones: in spans that grow, until enough is found or too many were seen.
        EXECUTE format(
            'SELECT f.at FROM (%s) AS s
             CROSS JOIN LATERAL (SELECT %s AS at FROM tracked_emails AS t WHERE %s%s%s LIMIT 1) AS f
             ORDER BY f.at %s LIMIT 1', streams, at, stream, span, ordered, direction)
        INTO edge
        USING accounts, with_status, with_response, recipient, patterns, sent_since, sent_until, after_at, after_id;
        IF edge IS NULL THEN
            RETURN;
        END IF;
        FOR try IN 1..10 LOOP
            far := CASE WHEN reach > interval '30 years' THEN CASE WHEN backwards THEN '-infinity' ELSE 'infinity' END::timestamptz
                        WHEN backwards THEN edge - reach ELSE edge + reach END;
            -- the first ones by the index alone, then the mails themselves
            EXECUTE format(
                'WITH seen AS MATERIALIZED (
                     SELECT k.id, k.at FROM (%1$s) AS s
                     CROSS JOIN LATERAL (SELECT t.id, %2$s AS at FROM tracked_emails AS t WHERE %3$s AND %2$s %4$s $12%5$s%6$s LIMIT $10) AS k
                     ORDER BY k.at %7$s, k.id %7$s LIMIT $10)
                 SELECT (SELECT count(*) FROM seen), (SELECT k.at FROM seen AS k ORDER BY k.at %10$s LIMIT 1),
                        array(SELECT t.id FROM seen AS k JOIN tracked_emails AS t ON t.id = k.id WHERE true%8$s%9$s)',
                streams, at, stream, CASE WHEN backwards THEN '>=' ELSE '<=' END, span, ordered, direction, beside, terms,
                CASE WHEN backwards THEN 'ASC' ELSE 'DESC' END)
            INTO seen, last, ids
            USING accounts, with_status, with_response, recipient, patterns, sent_since, sent_until, after_at, after_id, most, parts, far;
            sure := cardinality(ids) >= needed OR seen < most AND NOT isfinite(far);
            EXIT WHEN sure;
            IF seen = most THEN
                EXIT WHEN likely IS NOT NULL OR cardinality(ids) = 0;
                likely := 1.5 * needed * most / cardinality(ids);
                EXIT WHEN likely > at_most;
                reach := greatest(interval '1 minute', CASE WHEN backwards THEN edge - last ELSE last - edge END * (1.5 * likely / most));
                most := likely;
            ELSE
                -- far where mails are sparse, else as far as there are likely to be enough
                reach := reach * CASE WHEN seen < 1.2 * before THEN 64 ELSE least(64, 1.5 * most / seen) END;
                before := seen;
            END IF;
        END LOOP;
        keys := CASE WHEN sure THEN format('SELECT t.id, %s AS at FROM tracked_emails AS t WHERE t.id = ANY ($11)', at) ELSE format(
            'SELECT t.id, %s AS at
             FROM (SELECT a.account_id, tracked_email_query(a.account_id, $4, $12) AS query FROM unnest($1) AS a (account_id) OFFSET 0) AS s
             CROSS JOIN LATERAL (
                 SELECT * FROM tracked_emails AS m WHERE tracked_email_terms(m.account_id, m.subject, m.recipients) @@ s.query OFFSET 0) AS t
             WHERE t.account_id = s.account_id%s%s', at, span, states) END;
    ELSE
        stream := stream || span || beside;
        -- of many streams only those count whose first mail is among the first
        IF cardinality(accounts) > 4 THEN
            streams := format(
                'SELECT s.* FROM (%s) AS s
                 CROSS JOIN LATERAL (SELECT t.id, %s AS at FROM tracked_emails AS t WHERE %s%s LIMIT 1) AS f
                 ORDER BY f.at %5$s, f.id %5$s LIMIT $10', streams, at, stream, ordered, direction);
        END IF;
        keys := format(
            'SELECT t.id, t.at FROM (%s) AS s
             CROSS JOIN LATERAL (SELECT t.id, %s AS at FROM tracked_emails AS t WHERE %s%s LIMIT $10) AS t', streams, at, stream, ordered);
    END IF;

    RETURN QUERY EXECUTE format(
        'WITH keys AS MATERIALIZED (SELECT k.id, k.at FROM (%s) AS k ORDER BY k.at %2$s, k.id %2$s OFFSET $13 LIMIT $14)
         SELECT t.* FROM keys AS k JOIN tracked_emails AS t ON t.id = k.id ORDER BY k.at %2$s, k.id %2$s', keys, direction)
    USING accounts, with_status, with_response, recipient, patterns, sent_since, sent_until, after_at, after_id, needed, ids, search, skip, take, parts;
END
$$;

-- GET /api/emails/tracked?page=: how many mails a list has, counted up to a number. What is in an index is counted by it alone; with a
-- recipient or a search the mails that pass the other filters are looked at where they are few, else those that have the terms.
CREATE OR REPLACE FUNCTION count_tracked_emails(
    accounts uuid[], with_status text, with_response boolean, recipient text, search text,
    sent_since timestamptz, sent_until timestamptz, sort text, up_to int)
RETURNS int
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '64MB' AS $$
DECLARE
    few        constant int := 3000;
    patterns   text[] := tracked_email_patterns(search);
    parts      text[] := array(SELECT '%' || ltrim(pattern, '% ') FROM unnest(patterns) AS pattern);
    -- in the order of answers there are only mails that have one
    answered   boolean := CASE WHEN ltrim(sort, '-') = 'respondedAt' THEN coalesce(with_response, true) ELSE with_response END;
    time_span  text := tracked_email_filter(NULL, NULL, NULL, NULL, sent_since, sent_until);
    candidates text;
    counted    int;
BEGIN
    IF NOT answered AND ltrim(sort, '-') = 'respondedAt' THEN
        RETURN 0;
    END IF;
    -- one stream after another, and no more of them than are needed
    candidates := format(
        'SELECT c.id FROM (%s) AS s CROSS JOIN LATERAL (SELECT t.id FROM tracked_emails AS t WHERE %s%s LIMIT $8) AS c LIMIT $8',
        tracked_email_streams(with_status, answered), tracked_email_in_stream(with_status, answered), time_span);
    IF recipient IS NULL AND patterns IS NULL THEN
        EXECUTE format('SELECT count(*) FROM (%s) AS counted', candidates)
        INTO counted
        USING accounts, with_status, answered, recipient, search, sent_since, sent_until, up_to;
        RETURN counted;
    END IF;

    EXECUTE format(
        'WITH few AS MATERIALIZED (%s)
         SELECT CASE WHEN (SELECT count(*) FROM few) < $8 THEN (SELECT count(*) FROM few AS k JOIN tracked_emails AS t ON t.id = k.id WHERE true%s) END',
        candidates, tracked_email_filter(NULL, NULL, recipient, patterns, NULL, NULL))
    INTO counted
    USING accounts, with_status, answered, recipient, patterns, sent_since, sent_until, few, NULL, NULL, parts;
    IF counted IS NOT NULL THEN
        RETURN least(counted, up_to);
    END IF;
    EXECUTE format(
        'SELECT count(*) FROM (
             SELECT FROM (SELECT a.account_id, tracked_email_query(a.account_id, $4, $5) AS query FROM unnest($1) AS a (account_id) OFFSET 0) AS s
             CROSS JOIN LATERAL (
                 SELECT * FROM tracked_emails AS m WHERE tracked_email_terms(m.account_id, m.subject, m.recipients) @@ s.query OFFSET 0) AS t
             WHERE t.account_id = s.account_id%s%s LIMIT $8) AS counted', tracked_email_filter(with_status, answered, NULL, NULL, NULL, NULL), time_span)
    INTO counted
    USING accounts, with_status, answered, recipient, search, sent_since, sent_until, up_to;
    RETURN counted;
END
$$;
