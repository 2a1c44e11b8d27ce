-- 20 users with 50,000 accounts and 200,000 posts; 2026-06-01 12:00 UTC is now. What hangs on what is right by its making: it is not checked.
SET session_replication_role = replica;

CREATE FUNCTION pg_temp.user_of(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n % 20), 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.id_of(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('00000000-0000-7' || lpad(to_hex(kind), 3, '0') || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.at(n bigint, span interval) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT '2026-06-01 12:00Z'::timestamptz + span * ((n * 7919 % 10007) / 10007.0) $$;
-- one after the other, the last one now
CREATE FUNCTION pg_temp.since(n bigint, most int, days int) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT '2026-06-01 12:00Z'::timestamptz - (most - n) * (days * interval '1 day' / most) $$;

INSERT INTO users (id, email, name, created_at) SELECT pg_temp.user_of(n), n || '@b.test', 'a', now() FROM generate_series(0, 19) AS n
ON CONFLICT DO NOTHING;

INSERT INTO social_proxies (id, user_id, name, scheme, host, port, next_check_at, created_at, updated_at)
SELECT pg_temp.id_of(1, n), pg_temp.user_of(n), n::text, 'http', 'p', 1, pg_temp.at(n, '1 hour') - interval '1 minute', now(), now()
FROM generate_series(1, 10000) AS n;
INSERT INTO social_proxy_checks (proxy_id, at) SELECT pg_temp.id_of(1, n % 10000 + 1), pg_temp.since(n, 40000, 90)
FROM generate_series(1, 40000) AS n;
INSERT INTO warmup_protocols (id, user_id, name, steps, created_at, updated_at)
SELECT pg_temp.id_of(2, n), pg_temp.user_of(n), n::text, '[]', now(), now() FROM generate_series(1, 2000) AS n;

INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_until, state_changed_at, proxy_id,
    warmup_protocol_id, warmup_started_at, tags, next_health_check_at, created_at, updated_at)
SELECT pg_temp.id_of(3, n), pg_temp.user_of(n), (ARRAY['instagram', 'facebook', 'x', 'linkedin', 'mastodon', 'bluesky'])[n / 20 % 6 + 1], n::text,
    'account' || n, '\x00', CASE WHEN n / 20 % 100 = 1 THEN 'limited' WHEN n / 20 % 50 = 2 THEN 'warming' ELSE 'active' END,
    CASE WHEN n / 20 % 100 = 1 THEN pg_temp.at(n, '2 days') - interval '1 hour' END, now(),
    CASE WHEN n / 20 % 3 = 0 THEN pg_temp.id_of(1, n % 20 + n / 20 % 400 * 20) END,
    CASE WHEN n / 20 % 10 = 2 THEN pg_temp.id_of(2, n % 20 + n / 20 % 90 * 20) END, now(),
    CASE WHEN n / 20 % 200 = 3 THEN '{rare}' WHEN n % 3 = 0 THEN '{common,brand}' ELSE '{}' END::text[], pg_temp.at(n, '1 day') - interval '5 minutes', now(), now()
FROM generate_series(1, 50000) AS n;
INSERT INTO social_account_states (account_id, at, state) SELECT pg_temp.id_of(3, n % 50000 + 1), pg_temp.since(n, 60000, 90), 'active'
FROM generate_series(1, 60000) AS n;
INSERT INTO social_account_days (account_id, day, published)
SELECT pg_temp.id_of(3, n), '2026-06-01'::date - 89 + (n * 90 / 50001)::int, 3 FROM generate_series(1, 50000) AS n;
INSERT INTO social_groups (id, user_id, name, proxy_id, created_at, updated_at)
SELECT pg_temp.id_of(4, n), pg_temp.user_of(n), n::text, CASE WHEN n % 3 = 0 THEN pg_temp.id_of(1, n % 20 + n / 20 % 400 * 20) END, now(), now() FROM generate_series(1, 10000) AS n;
INSERT INTO social_group_members SELECT pg_temp.user_of(n), pg_temp.id_of(4, n % 20 + n / 20 % 450 * 20), pg_temp.id_of(3, n) FROM generate_series(1, 50000) AS n;

INSERT INTO social_health (account_id, user_id, score, parts, told_score, computed_at)
SELECT pg_temp.id_of(3, n), pg_temp.user_of(n), n / 20 * 13 % 101, '{}', NULL, now() FROM generate_series(1, 50000) AS n;
INSERT INTO social_health_history (account_id, at, score)
SELECT pg_temp.id_of(3, n % 50000 + 1), pg_temp.since(n, 60000, 181), 50 FROM generate_series(1, 60000) AS n;

INSERT INTO social_media (id, user_id, file_name, total_bytes, state, created_at, updated_at)
SELECT pg_temp.id_of(5, n), pg_temp.user_of(n), 'f', 1, CASE n / 20 % 100 WHEN 1 THEN 'refused' WHEN 2 THEN 'uploading' ELSE 'ready' END, now(),
    pg_temp.at(n, '-10 days') FROM generate_series(1, 40000) AS n;
INSERT INTO social_schedules (id, user_id, name, time_zone, kind, slots, targets, next_at, created_at, updated_at)
SELECT pg_temp.id_of(6, n), pg_temp.user_of(n), n::text, 'UTC', 'slots', '[]', '{}', pg_temp.at(n, '2 days') - interval '10 minutes', now(), now()
FROM generate_series(1, 10000) AS n;

INSERT INTO social_posts (id, user_id, content, targets, state, scheduled_at, schedule_id, occurrence_at, queue_position, tags, metadata, created_at, updated_at)
SELECT pg_temp.id_of(7, n), pg_temp.user_of(n), '{"text": "Hello"}', '{}',
    CASE n / 20 % 20 WHEN 1 THEN 'draft' WHEN 2 THEN 'failed' WHEN 3 THEN 'scheduled' WHEN 4 THEN 'scheduled' ELSE 'published' END,
    CASE WHEN n / 20 % 20 = 3 THEN NULL ELSE pg_temp.at(n, '90 days') - interval '80 days' END,
    -- schedules with few posts in their queues that have made many
    CASE WHEN n / 20 % 20 BETWEEN 3 AND 12 THEN pg_temp.id_of(6, n % 20 + n / 400 % 40 * 20) END,
    CASE WHEN n / 20 % 20 BETWEEN 5 AND 12 THEN '2026-06-01 12:00Z'::timestamptz - n * interval '1 minute' END,
    CASE WHEN n / 20 % 20 = 3 THEN n END,
    CASE WHEN n / 20 % 300 = 5 THEN '{rare}' WHEN n % 4 = 0 THEN '{common,brand}' ELSE '{}' END::text[],
    CASE WHEN n % 2 = 0 THEN jsonb_build_object('campaign', n / 20 % 500) ELSE '{}' END, now(), now()
FROM generate_series(1, 200000) AS n;

INSERT INTO social_post_targets (id, user_id, post_id, account_id, platform, state, reason, due_at, next_attempt_at, claim, claimed_until, text_hash, remote_id,
    created_at, updated_at)
SELECT pg_temp.id_of(8, n), pg_temp.user_of(n), pg_temp.id_of(7, n), pg_temp.id_of(3, n % 20 + n / 20 % 2499 * 20), 'x', state,
    CASE WHEN state = 'waiting' THEN 'account-limited' END, pg_temp.at(n, '90 days') - interval '80 days',
    CASE WHEN state IN ('pending', 'waiting') THEN pg_temp.at(n, '10 days') - interval '1 hour' END,
    CASE WHEN n / 20 % 50 = 7 THEN pg_temp.id_of(9, n) END, CASE WHEN n / 20 % 50 = 7 THEN '2026-06-01 12:01Z'::timestamptz END,
    hashint8extended(n, 1), CASE WHEN state = 'published' THEN n::text END, now(), now()
FROM (SELECT n, CASE n / 20 % 20 WHEN 1 THEN 'draft' WHEN 2 THEN 'failed' WHEN 3 THEN 'pending' WHEN 4 THEN 'waiting' ELSE 'published' END AS state
      FROM generate_series(1, 200000) AS n) AS post;
INSERT INTO social_attempts (target_id, number, state, began_at, ended_at)
SELECT pg_temp.id_of(8, n), 1, 'accepted', pg_temp.since(n, 60000, 90), pg_temp.since(n, 60000, 90) FROM generate_series(1, 60000) AS n;

-- of columns and tables that another migration adds
DO $$
BEGIN
    UPDATE social_posts SET media_ids = ARRAY[(SELECT id FROM social_media AS m WHERE m.user_id = social_posts.user_id ORDER BY id LIMIT 1)]
    WHERE id IN (SELECT pg_temp.id_of(7, n * 20 * 20 + 80 + n % 20) FROM generate_series(1, 400) AS n);
    INSERT INTO social_media_parts (id, user_id, media_id, position, bytes)
    SELECT pg_temp.id_of(10, n), pg_temp.user_of(n), pg_temp.id_of(5, n), 0, 1 FROM generate_series(1, 20000) AS n;
EXCEPTION WHEN undefined_column OR undefined_table THEN
    NULL;
END $$;
DO $$
BEGIN
    UPDATE social_accounts SET warmup_ends_at = pg_temp.at(updated_rank, '20 days') - interval '1 hour'
    FROM (SELECT id, row_number() OVER () AS updated_rank FROM social_accounts WHERE state = 'warming') AS w WHERE w.id = social_accounts.id;
    INSERT INTO social_account_endings (account_id, user_id, platform, server, external_id, handle, refresh_token, created_at)
    SELECT pg_temp.id_of(11, n), pg_temp.user_of(n), 'x', '', n::text, 'a', '\x00', now() FROM generate_series(1, 20000) AS n;
EXCEPTION WHEN undefined_column OR undefined_table THEN
    NULL;
END $$;

SET session_replication_role = DEFAULT;
