-- How tracked mails are listed, searched and counted. Each hot query has a function that is planned for what is asked (EXECUTE), so that
-- every combination of filters goes over its own index; Edge.Api/TrackedEmails and EmailAnalytics have a plain statement beside each.
-- All functions are STABLE: what they read is of one moment, which is what makes views and changes fit together. Their settings keep them
-- to indexes and to one process, without compiling what runs for a millisecond; a bitmap of many mails that had no room would be read again.

-- The words of a text, in lower case, a blank or more between two: of its first 500 characters, all but punctuation.
-- Edge.Api/TrackedEmails/SubjectSearch.cs knows the same punctuation.
CREATE FUNCTION tracked_subject_words(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(CASE WHEN octet_length(said) = length(said)
    THEN translate(left(said, 500), E'\t\n\r!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~', '                                   ')
    ELSE translate(left(said, 500), E'\t\n\r!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\u00A0¡§«¶·»¿‐‑‒–—―‘’‚“”„•…‹›\u3000、。', '                                                              ')
    END);

-- What a mail is found by, within its account: w and each word of its subject, r and each recipient, d and the domain of each.
-- The end of the account's id stands before each, so that a common word is as quickly found in a small account as a rare one.
CREATE FUNCTION tracked_email_terms(account_id uuid, subject text, recipients text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
DECLARE
    tag   text := right(account_id::text, 8);
    terms text[] := array_remove(string_to_array(tag || 'w' || replace(tracked_subject_words(subject), ' ', ' ' || tag || 'w'), ' '), tag || 'w');
    one   text;
BEGIN
    FOREACH one IN ARRAY recipients LOOP
        -- a lexeme has 2046 bytes at most
        terms := terms || (tag || 'r' || left(one, 500)) || (tag || 'd' || left(split_part(one, '@', -1), 500));
    END LOOP;
    RETURN array_to_tsvector(terms);
END
$$;

-- GET /api/emails/tracked?status=&hasResponse=: WHERE account_id = $1 AND status = $2 AND has_response = $3 ORDER BY sent_at DESC, id DESC.
-- One of the two alone: as many such streams as the other may have values, and the newest of them.
CREATE INDEX idx_tracked_emails_account_status_response ON tracked_emails (account_id, status, has_response, sent_at DESC, id DESC);

-- GET /api/emails/tracked: WHERE account_id = $1 AND sent_at BETWEEN … ORDER BY sent_at DESC, id DESC.
-- GET /api/emails/analytics and both views: with what is included they read no row of the table that was not changed lately.
CREATE INDEX idx_tracked_emails_account_sent ON tracked_emails (account_id, sent_at DESC, id DESC)
    INCLUDE (status, response_seconds, auto_replied_at, recipient_domain);

-- … ?sort=-respondedAt: WHERE account_id = $1 AND response_at IS NOT NULL ORDER BY response_at DESC, id DESC
CREATE INDEX idx_tracked_emails_account_responded ON tracked_emails (account_id, response_at DESC, id DESC) INCLUDE (sent_at)
    WHERE response_at IS NOT NULL;

-- … ?recipient=&search=: WHERE tracked_email_terms(account_id, subject, recipients) @@ '''<tag>rann@contoso.test'' & ''<tag>winv'':*'
-- What is not in its order yet is read from end to end by each search, hence no more than 512 kB of it. It costs an insert about 25 µs of
-- processor time, half of that for the terms; the three above 1 to 3 µs each.
CREATE INDEX idx_tracked_emails_terms ON tracked_emails USING gin (tracked_email_terms(account_id, subject, recipients))
    WITH (gin_pending_list_limit = 512);

-- An index alone answers only where the rows are known to be seen by everybody: that is noted more often than by default, where rows come
-- in by thousands a second.
ALTER TABLE tracked_emails SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- Which filters a list has, as conditions over t with the parameters of get_tracked_emails.
CREATE FUNCTION tracked_email_filter(
    with_status text, with_response boolean, recipient text, patterns text[], sent_since timestamptz, sent_until timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN with_status IS NULL THEN '' ELSE ' AND t.status = $2' END
    || CASE WHEN with_response IS NULL THEN '' ELSE ' AND t.has_response = $3' END
    || CASE WHEN recipient IS NULL THEN ''
            WHEN left(recipient, 1) <> '@' THEN ' AND t.recipients @> ARRAY[$4]'
            ELSE ' AND EXISTS (SELECT FROM unnest(t.recipients) AS one WHERE split_part(one, ''@'', -1) = substr($4, 2))' END
    -- lower finds most that do not match, at a fifth of the price
    || CASE WHEN patterns IS NULL THEN '' ELSE
            ' AND lower(t.subject) LIKE ALL ($11) AND '' '' || tracked_subject_words(t.subject) LIKE ALL ($5)' END
    || CASE WHEN sent_since IS NULL THEN '' ELSE ' AND t.sent_at >= $6' END
    || CASE WHEN sent_until IS NULL THEN '' ELSE ' AND t.sent_at < $7' END;

-- The words of a search as patterns over ' ' || tracked_subject_words(subject): each is the beginning of a word. Null of none.
-- What would be a wildcard is punctuation, so there is none.
CREATE FUNCTION tracked_email_patterns(search text) RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN (SELECT array_agg('% ' || word || '%') FROM string_to_table(tracked_subject_words(search), ' ') AS word WHERE word <> '');

-- A recipient and the words of a search as a query for idx_tracked_emails_terms.
CREATE FUNCTION tracked_email_query(account_id uuid, recipient text, search text) RETURNS tsquery
LANGUAGE sql IMMUTABLE
RETURN (
    SELECT string_agg('''' || replace(replace(right(account_id::text, 8) || term.name, '\', '\\'), '''', '''''') || '''' || term.how, ' & ')::tsquery
    FROM (
        SELECT 'w' || word AS name, ':*' AS how FROM string_to_table(tracked_subject_words(search), ' ') AS word WHERE word <> ''
        UNION ALL
        SELECT CASE WHEN left(recipient, 1) = '@' THEN 'd' || substr(recipient, 2) ELSE 'r' || recipient END, '' WHERE recipient IS NOT NULL
    ) AS term);

-- GET /api/emails/tracked: a part of a list, in its order. sort: sentAt, -sentAt, respondedAt, -respondedAt (of these two only mails with a
-- response). after_at and after_id are those of the last mail of the part before. recipient: an address in lower case, or @ and a domain.
CREATE FUNCTION get_tracked_emails(
    accounts uuid[], with_status text DEFAULT NULL, with_response boolean DEFAULT NULL, recipient text DEFAULT NULL, search text DEFAULT NULL,
    sent_since timestamptz DEFAULT NULL, sent_until timestamptz DEFAULT NULL, sort text DEFAULT '-sentAt',
    after_at timestamptz DEFAULT NULL, after_id uuid DEFAULT NULL, take int DEFAULT 50, skip int DEFAULT 0)
RETURNS SETOF tracked_emails
LANGUAGE plpgsql STABLE ROWS 100
SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '64MB' AS $$
DECLARE
    -- how many mails are looked at one by one for what many may be, before the index of terms is asked
    most      constant int := 1500;
    patterns  text[] := tracked_email_patterns(search);
    parts     text[] := array(SELECT '%' || ltrim(pattern, '% ') FROM unnest(patterns) AS pattern);
    by_terms  boolean := recipient IS NOT NULL OR patterns IS NOT NULL;
    by_answer boolean := ltrim(sort, '-') = 'respondedAt';
    at        text := CASE WHEN by_answer THEN 't.response_at' ELSE 't.sent_at' END;
    backwards boolean := left(sort, 1) = '-';
    direction text := CASE WHEN backwards THEN 'DESC' ELSE 'ASC' END;
    ordered   text := format(' ORDER BY %s %2$s, t.id %2$s ', at, direction);
    -- whom the list has at all, and where in its order the part begins
    span      text := CASE WHEN by_answer THEN ' AND t.response_at IS NOT NULL' ELSE '' END
                   || CASE WHEN after_at IS NULL THEN '' ELSE format(' AND (%s, t.id) %s ($8, $9)', at, CASE WHEN backwards THEN '<' ELSE '>' END) END;
    time_span text := tracked_email_filter(NULL, NULL, NULL, NULL, sent_since, sent_until);
    states    text := tracked_email_filter(with_status, CASE WHEN NOT by_answer THEN with_response END, NULL, NULL, NULL, NULL);
    terms     text := tracked_email_filter(NULL, NULL, recipient, patterns, NULL, NULL);
    needed    int := skip + take;
    sure      boolean := false;
    reach     interval := interval '1 minute';
    fits      interval := interval '0';
    edge      timestamptz;
    far       timestamptz;
    seen      int;
    ids       uuid[];
    streams   text;
    keys      text;
BEGIN
    IF sort NOT IN ('sentAt', '-sentAt', 'respondedAt', '-respondedAt') THEN
        RAISE EXCEPTION 'A list is not sorted by %.', sort USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF by_answer AND NOT with_response OR needed = 0 THEN
        RETURN;
    END IF;

    -- What many mails have is found among the first ones: in spans that grow, until enough is found or too many were seen.
    IF by_terms THEN
        EXECUTE format(
            'SELECT f.at FROM unnest($1) AS a (account_id)
             CROSS JOIN LATERAL (SELECT %s AS at FROM tracked_emails AS t WHERE t.account_id = a.account_id%s%s%s LIMIT 1) AS f
             ORDER BY f.at %s LIMIT 1', at, span, time_span, ordered, direction)
        INTO edge
        USING accounts, with_status, with_response, recipient, patterns, sent_since, sent_until, after_at, after_id;
        IF edge IS NULL THEN
            RETURN;
        END IF;
        FOR try IN 1..8 LOOP
            far := CASE WHEN reach > interval '30 years' THEN CASE WHEN backwards THEN '-infinity' ELSE 'infinity' END::timestamptz
                        WHEN backwards THEN edge - reach ELSE edge + reach END;
            EXECUTE format(
                'WITH seen AS MATERIALIZED (
                     SELECT m.* FROM unnest($1) AS a (account_id)
                     CROSS JOIN LATERAL (
                         SELECT * FROM tracked_emails AS t WHERE t.account_id = a.account_id AND %s %s $12%s%s LIMIT $10) AS m
                     LIMIT $10)
                 SELECT (SELECT count(*) FROM seen), array(SELECT t.id FROM seen AS t WHERE true%s%s)',
                at, CASE WHEN backwards THEN '>=' ELSE '<=' END, span, time_span, states, terms)
            INTO seen, ids
            USING accounts, with_status, with_response, recipient, patterns, sent_since, sent_until, after_at, after_id, most, parts, far;
            IF seen = most THEN
                -- it was too far, where mails are denser than before it
                EXIT WHEN reach / 3 <= fits OR fits = interval '0';
                reach := reach / 3;
                CONTINUE;
            END IF;
            fits := reach;
            sure := cardinality(ids) >= needed OR NOT isfinite(far);
            EXIT WHEN sure OR seen > most / 2;
            reach := reach * CASE WHEN seen = 0 THEN 64 ELSE least(64, 0.75 * most / seen) END;
        END LOOP;
    END IF;

    IF sure THEN
        keys := format('SELECT t.id, %s AS at FROM tracked_emails AS t WHERE t.id = ANY ($11)', at);
    ELSIF by_terms THEN
        keys := format(
            'SELECT t.id, %s AS at
             FROM (SELECT a.account_id, tracked_email_query(a.account_id, $4, $12) AS query FROM unnest($1) AS a (account_id) OFFSET 0) AS s
             CROSS JOIN LATERAL (
                 SELECT * FROM tracked_emails AS m WHERE tracked_email_terms(m.account_id, m.subject, m.recipients) @@ s.query OFFSET 0) AS t
             WHERE t.account_id = s.account_id%s%s%s', at, span, time_span, states);
    ELSIF by_answer AND with_status <> 'responded' THEN
        -- few are stopped and answered, and no others: by their status they are found at once, in the order of answers never
        keys := format('SELECT t.id, %s AS at FROM tracked_emails AS t WHERE t.account_id = ANY ($1) AND t.has_response%s%s%s', at, span, time_span, states);
    ELSE
        streams := 'SELECT a.account_id FROM unnest($1) AS a (account_id)';
        span := ' AND t.account_id = s.account_id' || span || time_span;
        IF NOT by_answer AND (with_status IS NOT NULL OR with_response IS NOT NULL) THEN
            streams := 'SELECT a.account_id, b.status, c.has_response FROM unnest($1) AS a (account_id) CROSS JOIN unnest('
                || CASE WHEN with_status IS NULL THEN '''{active,responded,bounced,expired,stopped}''::text[]' ELSE 'ARRAY[$2]' END
                || ') AS b (status) CROSS JOIN unnest('
                || CASE WHEN with_response IS NULL THEN '''{true,false}''::boolean[]' ELSE 'ARRAY[$3]' END || ') AS c (has_response)';
            span := span || ' AND t.status = s.status AND t.has_response = s.has_response';
        ELSE
            span := span || states;
        END IF;
        -- of many streams only those count whose first mail is among the first
        IF cardinality(accounts) > 4 THEN
            streams := format(
                'SELECT s.* FROM (%s) AS s
                 CROSS JOIN LATERAL (SELECT t.id, %s AS at FROM tracked_emails AS t WHERE true%s%s LIMIT 1) AS f
                 ORDER BY f.at %5$s, f.id %5$s LIMIT $10', streams, at, span, ordered, direction);
        END IF;
        keys := format(
            'SELECT t.id, t.at FROM (%s) AS s
             CROSS JOIN LATERAL (SELECT t.id, %s AS at FROM tracked_emails AS t WHERE true%s%s LIMIT $10) AS t', streams, at, span, ordered);
    END IF;

    RETURN QUERY EXECUTE format(
        'WITH keys AS MATERIALIZED (SELECT k.id, k.at FROM (%s) AS k ORDER BY k.at %2$s, k.id %2$s OFFSET $13 LIMIT $14)
         SELECT t.* FROM keys AS k JOIN tracked_emails AS t ON t.id = k.id ORDER BY k.at %2$s, k.id %2$s', keys, direction)
    USING accounts, with_status, with_response, recipient, patterns, sent_since, sent_until, after_at, after_id, needed, ids, search, skip, take;
END
$$;

-- GET /api/emails/tracked?page=: how many mails a list has, counted up to a number.
CREATE FUNCTION count_tracked_emails(
    accounts uuid[], with_status text, with_response boolean, recipient text, search text,
    sent_since timestamptz, sent_until timestamptz, sort text, up_to int)
RETURNS int
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '64MB' AS $$
DECLARE
    patterns text[] := tracked_email_patterns(search);
    filters  text := tracked_email_filter(with_status, with_response, NULL, NULL, sent_since, sent_until)
                  || CASE WHEN ltrim(sort, '-') = 'respondedAt' THEN ' AND t.response_at IS NOT NULL' ELSE '' END;
    listed   text;
    counted  int;
BEGIN
    IF recipient IS NOT NULL OR patterns IS NOT NULL THEN
        listed := 'SELECT FROM (SELECT a.account_id, tracked_email_query(a.account_id, $4, $5) AS query FROM unnest($1) AS a (account_id) OFFSET 0) AS s
            CROSS JOIN LATERAL (
                SELECT * FROM tracked_emails AS m WHERE tracked_email_terms(m.account_id, m.subject, m.recipients) @@ s.query OFFSET 0) AS t
            WHERE t.account_id = s.account_id' || filters;
    ELSE
        -- one account after another, and no more of them than are needed
        listed := format(
            'SELECT FROM unnest($1) AS a (account_id)
             CROSS JOIN LATERAL (SELECT FROM tracked_emails AS t WHERE t.account_id = a.account_id%s LIMIT $8) AS t', filters);
    END IF;
    EXECUTE format('SELECT count(*) FROM (%s LIMIT $8) AS counted', listed)
    INTO counted
    USING accounts, with_status, with_response, recipient, search, sent_since, sent_until, up_to;
    RETURN counted;
END
$$;

-- The figures of an account by the hour in which its mails were sent. The times until an answer are kept one by one, so that the median of
-- any span is exact; they are sorted once for all, so that what did not change is the same row again. The last column is null in each row: a concurrent refresh looks for doubles among the rows without a null, row by row,
-- and there is no need, because the key is what is grouped by.
CREATE MATERIALIZED VIEW tracked_emails_hourly_metrics AS
SELECT account_id,
       hour,
       count(*)::int AS sent,
       count(response_seconds)::int AS responded,
       count(auto_replied_at)::int AS auto_replied,
       count(*) FILTER (WHERE status = 'bounced')::int AS bounced,
       count(*) FILTER (WHERE status = 'expired')::int AS expired,
       count(*) FILTER (WHERE status = 'stopped')::int AS stopped,
       count(*) FILTER (WHERE status = 'active')::int AS active,
       array_agg(response_seconds) FILTER (WHERE response_seconds IS NOT NULL) AS response_seconds,
       NULL::boolean AS nothing
FROM (
    SELECT account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') AS hour, status, response_seconds, auto_replied_at
    FROM tracked_emails
    ORDER BY 1, 2, response_seconds) AS mails
GROUP BY account_id, hour;

-- REFRESH … CONCURRENTLY finds by it what changed; analytics: WHERE account_id = ANY ($1) AND hour BETWEEN …
CREATE UNIQUE INDEX idx_tracked_emails_hourly_metrics ON tracked_emails_hourly_metrics (account_id, hour);

-- The same by day and the domain of the first recipient; by its bytes, which are compared several times faster than by a language.
CREATE MATERIALIZED VIEW tracked_emails_domain_metrics AS
SELECT account_id,
       day,
       domain,
       count(*)::int AS sent,
       count(*) FILTER (WHERE status = 'bounced')::int AS bounced,
       array_agg(response_seconds) FILTER (WHERE response_seconds IS NOT NULL) AS response_seconds,
       NULL::boolean AS nothing
FROM (
    SELECT account_id, date_bin('1 day', sent_at, '0001-01-01 00:00Z') AS day, recipient_domain COLLATE "C" AS domain, status, response_seconds
    FROM tracked_emails
    ORDER BY 1, 2, 3, response_seconds) AS mails
GROUP BY account_id, day, domain;

CREATE UNIQUE INDEX idx_tracked_emails_domain_metrics ON tracked_emails_domain_metrics (account_id, day, domain);

-- When the views were made: one row, whose time is that before the first of them was read.
CREATE TABLE tracking_view_refreshes (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    refreshed_at timestamptz NOT NULL,
    duration_ms  bigint NOT NULL
);

INSERT INTO tracking_view_refreshes (refreshed_at, duration_ms) VALUES (now(), 0);

-- What is counted of mails that were sent from from_at on and before to_at, of all these accounts together:
--   part summary   one row
--   part bucket    a row for each hour, day, week or month (UTC) with mails: at, sent, responded and the times
--   part slot      a row for each hour of the week with mails, from Monday 0:00 UTC: slot, sent, responded
--   part domain    the 100 domains with the most mails: domain, sent, responded, bounced and the times
-- With the views, hours that are not whole and those of tracked_email_changes come from the table; a day of the view by domain does if one
-- of its hours does. So both ways give the same answer at each moment.
CREATE FUNCTION get_tracking_analytics(accounts uuid[], from_at timestamptz, to_at timestamptz, bucket text, use_views boolean)
RETURNS TABLE (
    part text, at timestamptz, slot int, domain text, sent bigint, responded bigint, auto_replied bigint, bounced bigint, expired bigint,
    stopped bigint, active bigint, median_seconds double precision, p90_seconds double precision)
LANGUAGE plpgsql STABLE ROWS 1000
SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '64MB' AS $$
DECLARE
    -- a Monday
    origin  constant timestamptz := '0001-01-01 00:00Z';
    columns constant text := 't.sent_at, t.status, t.response_seconds, t.auto_replied_at, t.recipient_domain';
    first_hour timestamptz := date_bin('1 hour', from_at + interval '1 hour' - interval '1 microsecond', origin);
    last_hour  timestamptz := date_bin('1 hour', to_at, origin);
    first_day  timestamptz := date_bin('1 day', from_at + interval '1 day' - interval '1 microsecond', origin);
    last_day   timestamptz := date_bin('1 day', to_at, origin);
    rows              text;
    more_hours        text := '';
    more_times        text := '';
    more_domains      text := '';
    more_domain_times text := '';
BEGIN
    IF bucket NOT IN ('hour', 'day', 'week', 'month') THEN
        RAISE EXCEPTION 'Analytics has no buckets of a %.', bucket USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- a span without a whole hour or day comes from the table
    IF first_hour >= last_hour THEN
        first_hour := from_at;
        last_hour := from_at;
    END IF;
    IF first_day >= last_day THEN
        first_day := from_at;
        last_day := from_at;
    END IF;

    rows := format('mails AS MATERIALIZED (SELECT %s FROM tracked_emails AS t WHERE t.account_id = ANY ($1) AND t.sent_at >= $2 AND t.sent_at < $3),
        mails_by_day AS (SELECT * FROM mails)', columns);
    IF use_views THEN
        rows := format(
            'changed AS MATERIALIZED (
                 SELECT c.account_id, c.hour FROM tracked_email_changes AS c WHERE c.account_id = ANY ($1) AND c.hour >= $5 AND c.hour < $6),
             changed_days AS MATERIALIZED (
                 SELECT DISTINCT c.account_id, date_bin(''1 day'', c.hour, $9) AS day FROM tracked_email_changes AS c
                 WHERE c.account_id = ANY ($1) AND c.hour >= $7 AND c.hour < $8),
             mails AS MATERIALIZED (
                 SELECT %1$s FROM tracked_emails AS t WHERE t.account_id = ANY ($1) AND t.sent_at >= $2 AND t.sent_at < $5
                 UNION ALL
                 SELECT %1$s FROM tracked_emails AS t WHERE t.account_id = ANY ($1) AND t.sent_at >= $6 AND t.sent_at < $3
                 UNION ALL
                 SELECT %1$s FROM changed AS c CROSS JOIN LATERAL (
                     SELECT * FROM tracked_emails AS m
                     WHERE m.account_id = c.account_id AND m.sent_at >= c.hour AND m.sent_at < c.hour + interval ''1 hour'' OFFSET 0) AS t),
             mails_by_day AS MATERIALIZED (
                 SELECT %1$s FROM tracked_emails AS t WHERE t.account_id = ANY ($1) AND t.sent_at >= $2 AND t.sent_at < $7
                 UNION ALL
                 SELECT %1$s FROM tracked_emails AS t WHERE t.account_id = ANY ($1) AND t.sent_at >= $8 AND t.sent_at < $3
                 UNION ALL
                 SELECT %1$s FROM changed_days AS c CROSS JOIN LATERAL (
                     SELECT * FROM tracked_emails AS m
                     WHERE m.account_id = c.account_id AND m.sent_at >= c.day AND m.sent_at < c.day + interval ''1 day'' OFFSET 0) AS t),
             kept AS MATERIALIZED (
                 SELECT v.* FROM tracked_emails_hourly_metrics AS v
                 WHERE v.account_id = ANY ($1) AND v.hour >= $5 AND v.hour < $6
                   AND (v.account_id, v.hour) NOT IN (SELECT c.account_id, c.hour FROM changed AS c)),
             kept_days AS MATERIALIZED (
                 SELECT v.* FROM tracked_emails_domain_metrics AS v
                 WHERE v.account_id = ANY ($1) AND v.day >= $7 AND v.day < $8
                   AND (v.account_id, v.day) NOT IN (SELECT c.account_id, c.day FROM changed_days AS c))', columns);
        more_hours := 'UNION ALL SELECT k.hour, k.sent, k.responded, k.auto_replied, k.bounced, k.expired, k.stopped, k.active FROM kept AS k';
        more_times := 'UNION ALL SELECT k.hour, one.seconds FROM kept AS k CROSS JOIN LATERAL unnest(k.response_seconds) AS one (seconds)';
        more_domains := 'UNION ALL SELECT k.domain, k.sent, coalesce(cardinality(k.response_seconds), 0), k.bounced FROM kept_days AS k';
        more_domain_times := 'UNION ALL SELECT k.domain, one.seconds FROM kept_days AS k CROSS JOIN LATERAL unnest(k.response_seconds) AS one (seconds)';
    END IF;

    RETURN QUERY EXECUTE format(
        'WITH %s,
         hours AS MATERIALIZED (
             SELECT date_bin(''1 hour'', m.sent_at, $9) AS hour, count(*)::int AS sent, count(m.response_seconds)::int AS responded,
                    count(m.auto_replied_at)::int AS auto_replied, (count(*) FILTER (WHERE m.status = ''bounced''))::int AS bounced,
                    (count(*) FILTER (WHERE m.status = ''expired''))::int AS expired, (count(*) FILTER (WHERE m.status = ''stopped''))::int AS stopped,
                    (count(*) FILTER (WHERE m.status = ''active''))::int AS active
             FROM mails AS m
             GROUP BY 1 %s),
         times AS (
             SELECT date_bin(''1 hour'', m.sent_at, $9) AS hour, m.response_seconds AS seconds
             FROM mails AS m
             WHERE m.response_seconds IS NOT NULL %s),
         domains AS (
             SELECT m.recipient_domain COLLATE "C" AS domain, count(*)::int AS sent, count(m.response_seconds)::int AS responded,
                    (count(*) FILTER (WHERE m.status = ''bounced''))::int AS bounced
             FROM mails_by_day AS m
             GROUP BY 1 %s),
         domain_times AS (
             SELECT m.recipient_domain COLLATE "C" AS domain, m.response_seconds AS seconds FROM mails_by_day AS m WHERE m.response_seconds IS NOT NULL %s),
         percentiles AS MATERIALIZED (
             SELECT date_trunc($4, x.hour, ''UTC'') AS at, grouping(date_trunc($4, x.hour, ''UTC'')) = 1 AS is_all,
                    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY x.seconds) AS p
             FROM times AS x
             GROUP BY GROUPING SETS ((date_trunc($4, x.hour, ''UTC'')), ())),
         top AS MATERIALIZED (
             SELECT d.domain, sum(d.sent) AS sent, sum(d.responded) AS responded, sum(d.bounced) AS bounced
             FROM domains AS d
             GROUP BY d.domain
             ORDER BY sum(d.sent) DESC, d.domain
             LIMIT 100)
         SELECT ''summary'', NULL::timestamptz, NULL::int, NULL, coalesce(sum(h.sent), 0), coalesce(sum(h.responded), 0),
                coalesce(sum(h.auto_replied), 0), coalesce(sum(h.bounced), 0), coalesce(sum(h.expired), 0), coalesce(sum(h.stopped), 0),
                coalesce(sum(h.active), 0), (SELECT q.p[1] FROM percentiles AS q WHERE q.is_all), (SELECT q.p[2] FROM percentiles AS q WHERE q.is_all)
         FROM hours AS h
         UNION ALL
         SELECT ''bucket'', b.at, NULL, NULL, b.sent, b.responded, NULL, NULL, NULL, NULL, NULL, q.p[1], q.p[2]
         FROM (SELECT date_trunc($4, h.hour, ''UTC'') AS at, sum(h.sent) AS sent, sum(h.responded) AS responded FROM hours AS h GROUP BY 1) AS b
         LEFT JOIN percentiles AS q ON q.at = b.at AND NOT q.is_all
         UNION ALL
         SELECT ''slot'', NULL, (extract(epoch FROM h.hour - $9)::bigint / 3600 %% 168)::int, NULL, sum(h.sent), sum(h.responded),
                NULL, NULL, NULL, NULL, NULL, NULL, NULL
         FROM hours AS h
         GROUP BY 3
         UNION ALL
         SELECT ''domain'', NULL, NULL, t.domain, t.sent, t.responded, NULL, t.bounced, NULL, NULL, NULL, x.p[1], x.p[2]
         FROM top AS t
         LEFT JOIN (
             SELECT d.domain, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY d.seconds) AS p
             FROM domain_times AS d
             WHERE d.domain IN (SELECT domain FROM top)
             GROUP BY d.domain) AS x ON x.domain = t.domain',
        rows, more_hours, more_times, more_domains, more_domain_times)
    USING accounts, from_at, to_at, bucket, first_hour, last_hour, first_day, last_day, origin;
END
$$;
