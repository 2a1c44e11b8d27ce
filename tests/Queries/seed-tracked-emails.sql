-- Tracked mails of a realistic spread, the answers to them, and their accounts. One statement:
--   $1 bigint       how many mails
--   $2 int          how many accounts; the n-th has about 1/n as many mails as the first (Zipf)
--   $3 uuid         the user whose accounts they are
--   $4 timestamptz  the time of the last mail; they go back 180 days from there
-- The same parameters give the same rows. Mails stand in the order of their time, as they do where they come in day by day.
-- Afterwards: VACUUM ANALYZE tracked_emails, received_emails; and make the days: all hours are noted as changed.
WITH accounts AS MATERIALIZED (
    SELECT n, md5($3::text || n)::uuid AS id FROM generate_series(1, $2::int) AS n
),
connected AS (
    INSERT INTO mailboxes (id, user_id, provider, address, refresh_token, status, created_at, tracking, tracking_since)
    SELECT id, $3::uuid, 'microsoft', 'seed-' || left($3::text, 8) || '-' || n || '@example.com', ''::bytea, 'active', $4::timestamptz,
           '{"mode": "all", "categories": [], "recipients": [], "windowDays": 90, "followUp": null}', $4::timestamptz
    FROM accounts
),
-- eight dice for each mail, from 0 to 1
dice AS MATERIALIZED (
    SELECT i,
           (hashint8extended(i, 1) & 2147483647) / 2147483648.0::float8 AS account,
           (hashint8extended(i, 2) & 2147483647) / 2147483648.0::float8 AS day,
           (hashint8extended(i, 3) & 2147483647) / 2147483648.0::float8 AS hour,
           (hashint8extended(i, 4) & 2147483647) / 2147483648.0::float8 AS domain,
           (hashint8extended(i, 5) & 2147483647) / 2147483648.0::float8 AS person,
           (hashint8extended(i, 6) & 2147483647) / 2147483648.0::float8 AS outcome,
           (hashint8extended(i, 7) & 2147483647) / 2147483648.0::float8 AS patience,
           (hashint8extended(i, 8) & 2147483647) / 2147483648.0::float8 AS word
    FROM generate_series(1, $1::bigint) AS i
),
written AS (
    SELECT d.i, a.id AS account_id, d.domain, d.person, d.outcome, d.patience, d.word,
           -- by day and mostly in working hours, in whole seconds, so that some are at the same time
           date_trunc('day', $4::timestamptz, 'UTC') - floor(d.day * 180) * interval '1 day'
             + floor(CASE WHEN d.hour < 0.85 THEN 28800 + d.hour / 0.85 * 36000 ELSE (d.hour - 0.85) / 0.15 * 86400 END) * interval '1 second' AS at
    FROM dice AS d
    JOIN accounts AS a ON a.n = least($2::int, floor(power($2::int + 1, d.account)))
),
mails AS MATERIALIZED (
    SELECT i, account_id, outcome, patience,
           -- what is not over yet on the last day was on the day before the first
           CASE WHEN at > $4::timestamptz THEN at - interval '180 days' ELSE at END AS at,
           'person' || floor(power(400, person)) || '@domain' || floor(power(500, domain)) || '.test' AS recipient,
           'domain' || floor(power(500, domain)) || '.test' AS recipient_domain,
           CASE i % 5 WHEN 0 THEN ARRAY['colleague' || floor(person * 40) || '@domain' || floor(power(500, domain)) || '.test']
                      WHEN 1 THEN ARRAY['partner' || floor(word * 300) || '@other' || floor(person * 20) || '.test']
                      ELSE ARRAY[]::text[] END AS others,
           (ARRAY['Offer', 'Invoice', 'Meeting', 'Contract', 'Question', 'Order', 'Project', 'Report'])[1 + floor(power(8, word) - 1)::int]
             || ' ' || (ARRAY['for', 'about', 'on', 'before', 'after'])[1 + (i % 5)::int]
             || ' ' || (ARRAY['January', 'spring', 'delivery', 'the budget', 'our visit', 'Zürich', 'next week', 'the new office', 'Q3/2026', 'training'])[1 + (i % 10)::int]
             || ' #' || floor(word * 100000) || CASE WHEN i % 20000 = 0 THEN ' zebra' ELSE '' END AS subject
    FROM written
),
outcomes AS (
    SELECT m.*,
           CASE WHEN outcome < 0.45 THEN at + (60 + floor(power(2000000, patience))) * interval '1 second' END AS answer_at
    FROM mails AS m
),
stored AS (
    INSERT INTO tracked_emails (
        id, account_id, user_id, message_key, conversation_key, subject_key, provider_id, internet_message_id, subject, recipient,
        recipient_domain, recipients, categories, sent_at, status, response_at, response_seconds, responses, auto_replied_at, bounced_at,
        expires_at, next_check_at, stopped_at, tracked_by, created_at, updated_at)
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5($3::text || i), 1, 3) || '8' || substr(md5($3::text || i), 4, 15))::uuid,
           account_id, $3::uuid, md5('mail' || i)::uuid, md5('conversation' || i)::uuid, md5(account_id::text || subject)::uuid,
           'AAMkAGI2TG93AAA' || md5('a' || i) || md5('b' || i) || md5('c' || i) || 'AAAAEJAAA' || i, '<' || md5('mail' || i) || '@example.com>',
           subject, recipient, recipient_domain, recipient || others,
           CASE WHEN i % 12 = 0 THEN ARRAY['Customers'] ELSE ARRAY[]::text[] END, at,
           CASE WHEN outcome >= 0.99 OR outcome < 0.003 THEN 'stopped'
                WHEN answer_at <= $4::timestamptz THEN 'responded'
                WHEN outcome >= 0.97 THEN 'bounced'
                WHEN at <= $4::timestamptz - interval '90 days' THEN 'expired' ELSE 'active' END,
           CASE WHEN answer_at <= $4::timestamptz THEN answer_at END,
           CASE WHEN answer_at <= $4::timestamptz THEN extract(epoch FROM answer_at - at)::int END,
           CASE WHEN answer_at <= $4::timestamptz THEN 1 ELSE 0 END,
           CASE WHEN i % 17 = 0 THEN at + interval '10 seconds' END,
           CASE WHEN outcome >= 0.97 AND outcome < 0.99 THEN at + interval '20 seconds' END,
           at + interval '90 days', at + interval '90 days',
           CASE WHEN outcome >= 0.99 OR outcome < 0.003 THEN at + interval '1 hour' END,
           'policy', at, at
    FROM outcomes
    ORDER BY at
),
noted AS (
    INSERT INTO tracked_email_changes (account_id, hour) SELECT DISTINCT account_id, date_bin('1 hour', at, '0001-01-01 00:00Z') FROM outcomes
)
INSERT INTO received_emails (
    id, account_id, message_key, conversation_key, subject_key, names, provider_id, internet_message_id, sender, subject, kind,
    is_answer_subject, received_at, tracked_email_id, matched_by, created_at)
SELECT (lpad(to_hex((extract(epoch FROM answer_at) * 1000)::bigint), 12, '0') || '7' || substr(md5('answer' || i), 1, 3) || '8' || substr(md5('answer' || i), 4, 15))::uuid,
       account_id, md5('answer' || i)::uuid, md5('conversation' || i)::uuid, md5(account_id::text || subject)::uuid, ARRAY[md5('mail' || i)::uuid],
       'AAMkAGI2TG93AAA' || md5('d' || i) || 'AAAAEMAAA' || i, '<' || md5('answer' || i) || '@example.com>', recipient, 'Re: ' || subject, 'reply',
       true, answer_at,
       (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5($3::text || i), 1, 3) || '8' || substr(md5($3::text || i), 4, 15))::uuid,
       'reference', answer_at
FROM outcomes
WHERE answer_at <= $4::timestamptz
ORDER BY answer_at
