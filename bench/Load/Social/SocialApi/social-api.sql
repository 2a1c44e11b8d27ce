-- Accounts and posts.

-- accounts were connected over two years, groups and the like before
CREATE FUNCTION pg_temp.account_ms(n bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT :now_ms - 86400000 - (pg_temp.u(n, 1) * 700 * 86400000)::bigint $$;
CREATE FUNCTION pg_temp.account_id(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT pg_temp.id_at(pg_temp.account_ms(n), 1, n) $$;
CREATE FUNCTION pg_temp.platform_of(n bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT (ARRAY['instagram', 'facebook', 'x', 'linkedin', 'mastodon', 'bluesky'])[n % 6 + 1] $$;
CREATE FUNCTION pg_temp.old_id(kind int, n bigint) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT pg_temp.id_at(:now_ms - 710 * 86400000::bigint + n * 60000, kind, n) $$;

-- posts were made one after the other within 540 days, by all users at once; half of the last twentieth are still to go out
CREATE FUNCTION pg_temp.post_ms(n bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT :now_ms - 540 * 86400000::bigint + n * (539 * 86400000::bigint / :posts) $$;
CREATE FUNCTION pg_temp.post_id(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT pg_temp.id_at(pg_temp.post_ms(n), 2, n) $$;
CREATE FUNCTION pg_temp.owner_of(n bigint) RETURNS int LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN pg_temp.u(n, 2) < 0.6 THEN 1 ELSE 2 + floor(pg_temp.u(n, 3) * 9)::int END $$;
CREATE FUNCTION pg_temp.state_of(n bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN n >= :posts * 0.95 AND pg_temp.u(n, 4) < 0.5 THEN 'scheduled'
    ELSE (ARRAY['published', 'failed', 'cancelled', 'partly', 'draft'])[width_bucket(pg_temp.u(n, 5), ARRAY[0, 0.91, 0.95, 0.97,
        0.985])] END $$;
CREATE FUNCTION pg_temp.is_queued(n bigint) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT pg_temp.u(n, 6) < 0.15 $$;
CREATE FUNCTION pg_temp.due_of(n bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT CASE pg_temp.state_of(n) WHEN 'draft' THEN NULL
    WHEN 'scheduled' THEN CASE WHEN NOT pg_temp.is_queued(n) THEN :now + interval '1 day' + pg_temp.u(n, 7) * interval '60 days' END
    ELSE pg_temp.at(pg_temp.post_ms(n)) + pg_temp.u(n, 7) * interval '1 day' END $$;
CREATE FUNCTION pg_temp.targets_of(n bigint) RETURNS int LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN pg_temp.u(n, 8) < 0.2 OR pg_temp.state_of(n) = 'partly' THEN 3 ELSE 1 END $$;
CREATE FUNCTION pg_temp.target_account(n bigint, k int) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT pg_temp.first_of(pg_temp.owner_of(n), :accounts)
    + (floor(pg_temp.u(n, 9) * pg_temp.count_of(pg_temp.owner_of(n), :accounts))::bigint + k) % pg_temp.count_of(pg_temp.owner_of(n),
        :accounts) $$;
CREATE FUNCTION pg_temp.target_id(n bigint, k int) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT pg_temp.id_at(pg_temp.post_ms(n), 3, n * 4 + k) $$;
-- five parts of 32
CREATE FUNCTION pg_temp.part(h bigint, place int) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT (ARRAY['our spring sale begins','on monday morning','doors open early','and coffee is free','meet the whole team',
    'the new colours of autumn',
    'at the harbour market','every first weekend','children paint with us','tickets for the concert','a few are left',
        'bicycles repaired while you wait',
    'the story behind the craft','from wood to glass','a workshop by the river','fresh bread all day','morning light over the hills',
        'more photos in the hall',
    'thanks to everyone who came','see you next week','free entry for members','made by hand','our summer collection',
        'two for the price of one',
    'live from the studio','read the full report','we are hiring','ask us anything','behind the scenes','a trail for families',
        'now in your town','only today'])
    [1 + ((h >> place) & 31)] $$;
CREATE FUNCTION pg_temp.text_of(n bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT pg_temp.part(h, 0) || ', ' || pg_temp.part(h, 5) || ': ' || pg_temp.part(h, 10) || '. ' || pg_temp.part(h, 15) || ', '
    || pg_temp.part(h, 20)
    || ' #' || n::text FROM (SELECT hashint8extended(n, :seed + 20) OFFSET 0) AS r (h) $$;

-- table social_proxies
INSERT INTO social_proxies (id, user_id, name, scheme, host, port, state, latency_ms, checked_at, next_check_at, created_at, updated_at)
SELECT pg_temp.old_id(4, n), pg_temp.user_of(owner), 'proxy ' || place, 'http', 'proxy-' || n || '.example', 8080,
    CASE WHEN pg_temp.u(n, 30) < 0.05 THEN 'down' ELSE 'up' END, 40, :now, :now + interval '2 days', :now - interval '700 days', :now
FROM pg_temp.owned(600);

-- table social_accounts
INSERT INTO social_accounts (id, user_id, platform, server, external_id, handle, display_name, refresh_token, token_refreshed_at,
    token_expires_at, state, state_until, state_changed_at, proxy_id, tags, quota, last_published_at, next_health_check_at, created_at,
        updated_at)
SELECT pg_temp.account_id(n), pg_temp.user_of(owner), pg_temp.platform_of(n),
    CASE pg_temp.platform_of(n) WHEN 'mastodon' THEN 'https://mastodon.example' WHEN 'bluesky' THEN 'https://bsky.example' ELSE '' END,
    :seed || '-' || n, 'account_' || n, 'Account ' || n, decode(repeat(md5(n::text), 8), 'hex'), :now - interval '3 hours',
    :now + interval '50 days', state, CASE WHEN state = 'limited' THEN :now + interval '2 days' END, :now - interval '20 days',
    CASE WHEN pg_temp.u(n, 31) < 0.3
        THEN pg_temp.old_id(4, pg_temp.first_of(owner, 600) + floor(pg_temp.u(n, 32) * pg_temp.count_of(owner, 600))::bigint) END,
    CASE WHEN pg_temp.u(n, 33) < 0.6
        THEN ARRAY['brand-' || floor(power(50, pg_temp.u(n, 34))), 'region-' || floor(pg_temp.u(n, 35) * 12)] ELSE '{}' END,
    '{"used": 3, "limit": 25, "resetsAt": null}', :now - pg_temp.u(n, 36) * interval '5 days',
    :now + interval '1 day' + pg_temp.u(n, 37) * interval '1 day', pg_temp.at(pg_temp.account_ms(n)), :now - interval '3 hours'
FROM pg_temp.owned(:accounts), LATERAL (SELECT (ARRAY['active', 'warming', 'limited', 'needs-authorization', 'suspended', 'paused'])
    [width_bucket(pg_temp.u(n, 38), ARRAY[0, 0.9, 0.93, 0.95, 0.98, 0.99])]) AS s (state);

-- table social_account_states
INSERT INTO social_account_states (account_id, at, state)
SELECT pg_temp.account_id(n), greatest(:now - k * interval '40 days', pg_temp.at(pg_temp.account_ms(n))) - k * interval '1 second',
    'active'
FROM pg_temp.owned(:accounts), generate_series(1, 2) AS k;

-- table social_account_days
INSERT INTO social_account_days (account_id, day, sent, published, failed)
SELECT pg_temp.account_id(n), (:now)::date - k, 4, 3, 1 FROM pg_temp.owned(:accounts), generate_series(0, 7) AS k;

-- table social_groups
INSERT INTO social_groups (id, user_id, name, created_at, updated_at)
SELECT pg_temp.old_id(5, n), pg_temp.user_of(owner), 'group ' || place, :now - interval '700 days', :now - interval '9 days'
    FROM pg_temp.owned(600);

-- table social_group_members
INSERT INTO social_group_members (user_id, group_id, account_id)
SELECT DISTINCT pg_temp.user_of(owner),
    pg_temp.old_id(5, pg_temp.first_of(owner, 600) + floor(pg_temp.u(n, 40 + k) * pg_temp.count_of(owner, 600))::bigint),
        pg_temp.account_id(n)
FROM pg_temp.owned(:accounts), generate_series(1, 2) AS k;

-- table social_health
INSERT INTO social_health (account_id, user_id, score, parts, told_score, computed_at)
SELECT pg_temp.account_id(n), pg_temp.user_of(owner), score,
    jsonb_build_object('successRate', jsonb_build_object('score', score, 'weight', 40, 'value', 0.97), 'token',
        jsonb_build_object('score', 100, 'weight', 20),
        'throttling', jsonb_build_object('score', 90, 'weight', 15, 'value', 0.1), 'activity', jsonb_build_object('score', 80, 'weight',
            15)),
    score, :now - interval '10 minutes'
FROM pg_temp.owned(:accounts), LATERAL (SELECT 100 - floor(100 * power(pg_temp.u(n, 43), 4))::int) AS s (score);

-- table social_health_history
INSERT INTO social_health_history (account_id, at, score)
SELECT pg_temp.account_id(n), :now - k * interval '11 days', 100 - floor(pg_temp.u(n, 50 + k) * 40)::int
FROM pg_temp.owned(:accounts), generate_series(1, 5) AS k;

-- table social_schedules
INSERT INTO social_schedules (id, user_id, name, time_zone, kind, slots, recurrence, content, targets, next_at, occurrences, created_at,
    updated_at)
SELECT pg_temp.old_id(6, n), pg_temp.user_of(owner), 'schedule ' || place, (ARRAY['Europe/Vienna', 'America/New_York',
    'UTC'])[place % 3 + 1],
    CASE WHEN is_slots THEN 'slots' ELSE 'recurrence' END,
    CASE WHEN is_slots THEN (SELECT jsonb_agg(jsonb_build_object('day', day, 'time', lpad((7 + place % 12)::text, 2, '0')
        || ':30') ORDER BY ordinal)
        FROM unnest(ARRAY['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']) WITH ORDINALITY AS d (day,
            ordinal)) END,
    CASE WHEN NOT is_slots THEN jsonb_build_object('start', :now + interval '2 days', 'every', 1 + place % 3, 'unit', 'days') END,
    CASE WHEN NOT is_slots THEN jsonb_build_object('text', pg_temp.text_of(-n), 'media', '[]'::jsonb, 'platforms', '{}'::jsonb,
        'accounts', '{}'::jsonb) END,
    CASE WHEN is_slots THEN '{"accounts": [], "groups": []}' ELSE jsonb_build_object('accounts',
        jsonb_build_array(pg_temp.account_id(pg_temp.first_of(owner, :accounts))), 'groups', '[]'::jsonb) END,
    :now + interval '2 days', 60, :now - interval '700 days', :now - interval '9 days'
FROM pg_temp.owned(100), LATERAL (SELECT place % 2 = 0) AS s (is_slots);

-- table social_posts
INSERT INTO social_posts (id, user_id, content, targets, state, scheduled_at, schedule_id, queue_position, tags, metadata, version,
    created_at,
    updated_at, finished_at)
SELECT pg_temp.post_id(n), pg_temp.user_of(owner),
    jsonb_build_object('text', pg_temp.text_of(n), 'media', '[]'::jsonb, 'platforms', '{}'::jsonb, 'accounts', '{}'::jsonb)
        || CASE WHEN pg_temp.u(n, 60) < 0.4 THEN jsonb_build_object('link', 'https://shop.example/campaigns/' || n % 5000) ELSE '{}' END,
    jsonb_build_object('groups', '[]'::jsonb, 'accounts', CASE targets
        WHEN 1 THEN jsonb_build_array(pg_temp.account_id(pg_temp.target_account(n, 0)))
        ELSE jsonb_build_array(pg_temp.account_id(pg_temp.target_account(n, 0)), pg_temp.account_id(pg_temp.target_account(n, 1)),
            pg_temp.account_id(pg_temp.target_account(n, 2))) END),
    state, due,
    CASE WHEN is_queued THEN pg_temp.old_id(6, pg_temp.first_of(owner, 100) + 2 * floor(pg_temp.u(n, 61) * pg_temp.count_of(owner,
        100) / 2)::bigint) END,
    CASE WHEN is_queued THEN n END,
    CASE WHEN pg_temp.u(n, 62) < 0.3 THEN '{}' ELSE ARRAY['topic-' || floor(power(400, pg_temp.u(n, 63))), 'campaign-'
        || floor(pg_temp.u(n, 64) * 2000)] END,
    CASE WHEN pg_temp.u(n, 65) < 0.5 THEN jsonb_build_object('order', (n % 100000)::text) ELSE '{}' END, 1, created_at,
    coalesce(finished_at, created_at), finished_at
FROM generate_series(0, :posts - 1) AS n,
    LATERAL (SELECT pg_temp.owner_of(n), pg_temp.state_of(n), pg_temp.due_of(n), pg_temp.targets_of(n),
        pg_temp.at(pg_temp.post_ms(n)) OFFSET 0)
        AS p (owner, state, due, targets, created_at),
    LATERAL (SELECT state = 'scheduled' AND pg_temp.is_queued(n), CASE WHEN state NOT IN ('scheduled',
        'draft') THEN due + interval '4 seconds' END OFFSET 0)
        AS q (is_queued, finished_at);

-- table social_post_targets
INSERT INTO social_post_targets (id, user_id, post_id, account_id, platform, state, reason, error, due_at, next_attempt_at, attempts,
    text_hash, sent,
    remote_id, remote_url, sent_at, published_at, job_id, created_at, updated_at)
SELECT pg_temp.target_id(n, k), pg_temp.user_of(pg_temp.owner_of(n)), pg_temp.post_id(n), pg_temp.account_id(account),
    pg_temp.platform_of(account), state,
    CASE WHEN state = 'failed' THEN 'permanent' END, CASE WHEN state = 'failed' THEN 'The platform answered 400: the text is refused.' END,
    due, CASE WHEN state = 'pending' THEN due END, CASE WHEN state IN ('published', 'failed') THEN 1 ELSE 0 END,
    hashint8extended(n, :seed + 70),
    CASE WHEN state IN ('published', 'failed') THEN jsonb_build_object('text', pg_temp.text_of(n), 'link', null, 'media', '[]'::jsonb) END,
    CASE WHEN state = 'published' THEN n || '-' || k END,
    CASE WHEN state = 'published' THEN 'https://platform.example/posts/' || n || '-' || k END,
    CASE WHEN state IN ('published', 'failed') THEN due + interval '2 seconds' END, CASE
        WHEN state = 'published' THEN due + interval '3 seconds' END,
    CASE WHEN state = 'pending' AND due IS NOT NULL THEN pg_temp.target_id(n, k) END,
    pg_temp.at(pg_temp.post_ms(n)), coalesce(due + interval '3 seconds', pg_temp.at(pg_temp.post_ms(n)))
FROM generate_series(0, :posts - 1) AS n,
    LATERAL (SELECT pg_temp.state_of(n), pg_temp.due_of(n) OFFSET 0) AS p (post_state, due), LATERAL generate_series(0,
        pg_temp.targets_of(n) - 1) AS k,
    LATERAL (SELECT pg_temp.target_account(n, k), CASE post_state WHEN 'scheduled' THEN 'pending'
        WHEN 'partly' THEN CASE WHEN k = 0 THEN 'failed' ELSE 'published' END ELSE post_state END OFFSET 0) AS t (account, state);

-- table social_attempts
INSERT INTO social_attempts (target_id, number, state, settled_by, http_status, began_at, ended_at)
SELECT pg_temp.target_id(n, k), 1, CASE WHEN post_state = 'failed' OR (post_state = 'partly' AND k = 0) THEN 'failed' ELSE 'accepted' END,
    'answer', 200,
    due + interval '2 seconds', due + interval '3 seconds'
FROM generate_series(0, :posts - 1) AS n,
    LATERAL (SELECT pg_temp.state_of(n), pg_temp.due_of(n) OFFSET 0) AS p (post_state, due), LATERAL generate_series(0,
        pg_temp.targets_of(n) - 1) AS k
WHERE post_state IN ('published', 'failed', 'partly');
