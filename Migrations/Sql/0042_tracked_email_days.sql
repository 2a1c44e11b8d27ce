-- Analytics over tracked mail reads a row for each day of an account in place of two materialised views, which were made again as a whole:
-- what has changed is noted in tracked_email_changes as before, and only its days are made again.
--
-- The mails of a day (UTC) are packed: eight bytes each, the most significant first,
--   bits 32 to 63   the seconds until it was answered, and one more; 0 if it was not
--   bits 9 to 31    which of the domains its first recipient has, from 0
--   bits 4 to 8     the hour in which it was sent
--   bit 3           whether an automatic reply came
--   bits 0 to 2     0 active, 1 responded, 2 bounced, 3 expired, 4 stopped
-- and the domains stand beside them, one a line. Edge.Api/Email/Analytics/StatsCounter.cs reads them.
CREATE TABLE tracked_email_days (
    account_id uuid NOT NULL,
    day        date NOT NULL,
    domains    text NOT NULL,
    mails      bytea NOT NULL,
    -- GET /api/emails/analytics: WHERE account_id = ANY ($1) AND day BETWEEN …
    PRIMARY KEY (account_id, day)
);

-- The mails of an account that were sent from a time on and before another, both of one day, packed; nulls if there are none.
-- An index alone answers: idx_tracked_emails_account_sent. In one order always, so that what did not change is the same again.
CREATE FUNCTION tracked_email_day(of_account uuid, from_at timestamptz, to_at timestamptz) RETURNS TABLE (domains text, mails bytea)
LANGUAGE sql STABLE AS $$
    SELECT string_agg(m.domain, E'\n') FILTER (WHERE m.is_first), string_agg(int8send(m.packed | (m.number << 9)), '')
    FROM (
        SELECT t.domain, t.packed, dense_rank() OVER by_domain - 1 AS number, row_number() OVER by_domain = rank() OVER by_domain AS is_first
        FROM (
            SELECT translate(recipient_domain, E'\n', ' ') COLLATE "C" AS domain,
                   (coalesce(response_seconds + 1::bigint, 0) << 32)
                   | (extract(hour FROM sent_at AT TIME ZONE 'UTC')::bigint << 4)
                   | CASE WHEN auto_replied_at IS NULL THEN 0 ELSE 8 END
                   | array_position('{active,responded,bounced,expired,stopped}', status) - 1 AS packed
            FROM tracked_emails
            WHERE account_id = of_account AND sent_at >= from_at AND sent_at < to_at
            ORDER BY 1, 2) AS t
        WINDOW by_domain AS (ORDER BY t.domain)) AS m
$$;

-- GET /api/emails/analytics: the packed mails of these accounts, of whole days from first_day on and before end_day, and of parts of others,
-- each within one. A day of which something has changed is read from the mails. Its settings keep it to indexes and from compiling what
-- runs for a millisecond: what is noted as changed comes and goes faster than its statistics.
CREATE FUNCTION get_tracked_email_days(accounts uuid[], first_day date, end_day date, parts_from timestamptz[], parts_to timestamptz[])
RETURNS TABLE (day date, domains text, mails bytea)
LANGUAGE sql STABLE ROWS 100
SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off AS $$
    WITH changed AS MATERIALIZED (
        SELECT DISTINCT c.account_id, (c.hour AT TIME ZONE 'UTC')::date AS day
        FROM tracked_email_changes AS c
        WHERE c.account_id = ANY (accounts)
          AND c.hour >= first_day::timestamp AT TIME ZONE 'UTC' AND c.hour < end_day::timestamp AT TIME ZONE 'UTC'),
    parts AS (
        SELECT c.account_id, c.day::timestamp AT TIME ZONE 'UTC' AS from_at, (c.day + 1)::timestamp AT TIME ZONE 'UTC' AS to_at FROM changed AS c
        UNION ALL
        SELECT a.account_id, p.from_at, p.to_at FROM unnest(accounts) AS a (account_id) CROSS JOIN unnest(parts_from, parts_to) AS p (from_at, to_at))
    SELECT d.day, d.domains, d.mails
    FROM tracked_email_days AS d
    WHERE d.account_id = ANY (accounts) AND d.day >= first_day AND d.day < end_day
      AND (d.account_id, d.day) NOT IN (SELECT c.account_id, c.day FROM changed AS c)
    UNION ALL
    SELECT (p.from_at AT TIME ZONE 'UTC')::date, packed.domains, packed.mails
    FROM parts AS p
    CROSS JOIN LATERAL tracked_email_day(p.account_id, p.from_at, p.to_at) AS packed
    WHERE packed.mails IS NOT NULL
$$;

-- What is counted of mails that were sent from from_at on and before to_at, of all these accounts together, over the mails themselves:
--   part summary   one row
--   part bucket    a row for each hour, day, week or month (UTC) with mails: at, sent, responded and the times
--   part slot      a row for each hour of the week with mails, from Monday 0:00 UTC: slot, sent, responded
--   part domain    the 100 domains with the most mails: domain, sent, responded, bounced and the times
-- Whoever still asks for the views gets the same.
CREATE OR REPLACE FUNCTION get_tracking_analytics(accounts uuid[], from_at timestamptz, to_at timestamptz, bucket text, use_views boolean)
RETURNS TABLE (
    part text, at timestamptz, slot int, domain text, sent bigint, responded bigint, auto_replied bigint, bounced bigint, expired bigint,
    stopped bigint, active bigint, median_seconds double precision, p90_seconds double precision)
LANGUAGE sql STABLE ROWS 1000
SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 SET jit = off SET work_mem = '64MB' AS $$
    WITH mails AS MATERIALIZED (
        SELECT date_trunc(bucket, t.sent_at, 'UTC') AS at, date_bin('1 hour', t.sent_at, '0001-01-01 00:00Z') AS hour,
               t.recipient_domain COLLATE "C" AS domain, t.status, t.response_seconds AS seconds, t.auto_replied_at
        FROM tracked_emails AS t
        WHERE t.account_id = ANY (accounts) AND t.sent_at >= from_at AND t.sent_at < to_at)
    SELECT 'summary', NULL::timestamptz, NULL::int, NULL, count(*), count(m.seconds), count(m.auto_replied_at),
           count(*) FILTER (WHERE m.status = 'bounced'), count(*) FILTER (WHERE m.status = 'expired'),
           count(*) FILTER (WHERE m.status = 'stopped'), count(*) FILTER (WHERE m.status = 'active'),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY m.seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY m.seconds)
    FROM mails AS m
    UNION ALL
    SELECT 'bucket', m.at, NULL, NULL, count(*), count(m.seconds), NULL, NULL, NULL, NULL, NULL,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY m.seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY m.seconds)
    FROM mails AS m
    GROUP BY m.at
    UNION ALL
    -- the first hour of all was that of a Monday
    SELECT 'slot', NULL, (extract(epoch FROM m.hour - '0001-01-01 00:00Z')::bigint / 3600 % 168)::int, NULL, count(*), count(m.seconds),
           NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM mails AS m
    GROUP BY 3
    UNION ALL
    (SELECT 'domain', NULL, NULL, m.domain, count(*), count(m.seconds), NULL, count(*) FILTER (WHERE m.status = 'bounced'), NULL, NULL, NULL,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY m.seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY m.seconds)
     FROM mails AS m
     GROUP BY m.domain
     ORDER BY count(*) DESC, m.domain
     LIMIT 100)
$$;

-- All days are made in the background; until one is, it is read from the mails. What is recorded meanwhile notes its hours itself. At five
-- million mails this takes some seconds, in which who records mail of the same hours waits.
INSERT INTO tracked_email_changes AS c (account_id, hour)
SELECT DISTINCT account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') AS hour FROM tracked_emails ORDER BY 1, 2
ON CONFLICT (account_id, hour) DO UPDATE SET version = c.version + 1;

-- Nobody refreshes the views at the moment, nor will; those who read them lock the table of refreshes first, so it is changed first here too.
SELECT pg_advisory_xact_lock(hashtextextended('tracking-views', 3));
ALTER TABLE tracking_view_refreshes DROP COLUMN wanted;
DROP MATERIALIZED VIEW tracked_emails_hourly_metrics, tracked_emails_domain_metrics;
