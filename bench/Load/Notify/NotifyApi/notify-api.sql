-- Recipients, and what they were told.

-- recipients were made known over two years; their numbers are those of NotifyRequests.cs
CREATE FUNCTION pg_temp.recipient_ms(r bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT :now_ms - 86400000 - (pg_temp.u(r, 1) * 700 * 86400000)::bigint $$;
CREATE FUNCTION pg_temp.recipient_id(r bigint) RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT pg_temp.id_at(pg_temp.recipient_ms(r), 1,
    r) $$;
CREATE FUNCTION pg_temp.email_of(r bigint) RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'person-' || r || '@load.test' $$;
CREATE FUNCTION pg_temp.phone_of(r bigint) RETURNS text LANGUAGE sql STABLE AS $$ SELECT '+1415' || 2000000 + r % 7000000 $$;
CREATE FUNCTION pg_temp.topic_id(n bigint) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT pg_temp.id_at(:now_ms - 710 * 86400000::bigint + n * 60000, 2, n) $$;

-- notifications were made one after the other within 85 days; ten at a time have one request or come by themselves, and of a hundred times
-- ten thousand ten thousand have one request, which has a negative number
CREATE FUNCTION pg_temp.notification_ms(n bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT :now_ms - 85 * 86400000::bigint + n * (85 * 86400000::bigint / :notifications) $$;
CREATE FUNCTION pg_temp.notification_id(n bigint) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT pg_temp.id_at(pg_temp.notification_ms(n), 3, n) $$;
CREATE FUNCTION pg_temp.request_of(n bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN n / 10000 % 100 = 7 THEN -1 - n / 10000 ELSE n / 10 END $$;
CREATE FUNCTION pg_temp.request_id(q bigint) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT pg_temp.id_at(pg_temp.notification_ms(CASE WHEN q < 0 THEN (-1 - q) * 10000 ELSE q * 10 END), 4, q) $$;
CREATE FUNCTION pg_temp.source_of(q bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN q < 0 OR pg_temp.u(q, 2) < 0.6 THEN 'notify' WHEN pg_temp.u(q, 2) < 0.85 THEN 'api' ELSE 'email' END $$;
CREATE FUNCTION pg_temp.owner_of(q bigint) RETURNS int LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN q < 0 OR pg_temp.u(q, 3) < 0.6 THEN 1 ELSE 2 + floor(pg_temp.u(q, 4) * 9)::int END $$;
CREATE FUNCTION pg_temp.category_of(q bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT (ARRAY['default', 'news', 'orders', 'billing'])[width_bucket(pg_temp.u(q, 5), ARRAY[0, 0.5, 0.75, 0.97])] $$;
-- some recipients are told much more often than others
CREATE FUNCTION pg_temp.recipient_of(n bigint, q bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT pg_temp.first_of(pg_temp.owner_of(q), :recipients) + (CASE WHEN q < 0 THEN n % 10000
    ELSE floor(power(pg_temp.u(q, 6), 2) * pg_temp.count_of(pg_temp.owner_of(q), :recipients))::bigint + n % 10 END)
    % pg_temp.count_of(pg_temp.owner_of(q), :recipients) $$;
CREATE FUNCTION pg_temp.channel_of(n bigint, q bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT CASE pg_temp.source_of(q) WHEN 'email' THEN 'whatsapp' WHEN 'api' THEN (ARRAY['email', 'sms', 'whatsapp'])[n % 3 + 1]
    ELSE (ARRAY['inbox', 'email', 'sms', 'whatsapp'])[width_bucket(pg_temp.u(n, 7), ARRAY[0, 0.35, 0.7, 0.85])] END $$;
CREATE FUNCTION pg_temp.address_of(channel text, r bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT CASE channel WHEN 'inbox' THEN pg_temp.recipient_id(r)::text WHEN 'email' THEN pg_temp.email_of(r)
    ELSE pg_temp.phone_of(r) END $$;
-- of the youngest some wait for their time
CREATE FUNCTION pg_temp.status_of(n bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN n >= :notifications * 0.998 AND pg_temp.u(n, 8) < 0.5 THEN 'pending'
    ELSE (ARRAY['delivered', 'read', 'sent', 'failed', 'cancelled'])[width_bucket(pg_temp.u(n, 9), ARRAY[0, 0.55, 0.82, 0.92,
        0.97])] END $$;
-- three parts of 16
CREATE FUNCTION pg_temp.part(h bigint, place int) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT (ARRAY['Your order was sent today','it arrives tomorrow','The invoice is due on Monday',
    'your meeting was moved to the afternoon','please confirm',
    'the code for your sign-in is here','a new message from the team','your payment was received','thank you',
        'the parcel waits at the shop until Friday',
    'your appointment is next week','the train is late by 20 minutes','the offer ends soon','your report is ready',
        'the ticket was answered','see it online'])
    [1 + ((h >> place) & 15)] $$;
CREATE FUNCTION pg_temp.text_of(n bigint) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT pg_temp.part(h, 0) || ', ' || pg_temp.part(h, 4) || '. ' || pg_temp.part(h, 8) || ' (' || n::text || ')'
    FROM (SELECT hashint8extended(n, :seed + 20) OFFSET 0) AS r (h) $$;

-- table notifications
INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, source_id, rule_id, dedup_key,
    attempts,
    provider_message_id, error, created_at, send_at, sending_at, sent_at, delivered_at, read_at, failed_at, cancelled_at, content,
        recipient_id, metadata)
SELECT pg_temp.notification_id(n), pg_temp.user_of(pg_temp.owner_of(q)), channel, pg_temp.address_of(channel, r), pg_temp.text_of(n), 2,
    status, source,
    CASE source WHEN 'notify' THEN pg_temp.request_id(q) WHEN 'email' THEN pg_temp.id_at(pg_temp.notification_ms(n), 10, n) END,
    CASE source WHEN 'email' THEN pg_temp.id_at(:now_ms, 11, n % 50) END,
    CASE source WHEN 'email' THEN 'email:' || pg_temp.id_at(pg_temp.notification_ms(n), 10, n) || '/' || pg_temp.id_at(:now_ms, 11,
        n % 50) END,
    CASE WHEN status IN ('pending', 'cancelled') THEN 0 ELSE 1 END,
    CASE WHEN status IN ('sent', 'delivered', 'read') AND channel IN ('sms', 'whatsapp') THEN 'SM' || md5(n::text) END,
    CASE WHEN status = 'failed' THEN 'The provider answered 400: the address does not exist.' END,
    at, CASE WHEN status = 'pending' THEN :now + interval '1 day' + pg_temp.u(n, 10) * interval '20 days' END,
    CASE WHEN status NOT IN ('pending', 'cancelled') THEN at + interval '200 milliseconds' END,
    CASE WHEN status IN ('sent', 'delivered', 'read') THEN at + interval '300 milliseconds' END,
    CASE WHEN status IN ('delivered', 'read') THEN at + interval '2 seconds' END, CASE
        WHEN status = 'read' THEN at + interval '20 minutes' END,
    CASE WHEN status = 'failed' THEN at + interval '300 milliseconds' END, CASE
        WHEN status = 'cancelled' THEN at + interval '1 minute' END,
    CASE WHEN source = 'notify' AND channel IN ('inbox', 'email') THEN jsonb_build_object('subject', 'News of ' || n % 1000, 'category',
        pg_temp.category_of(q)) END,
    CASE WHEN source = 'notify' THEN pg_temp.recipient_id(r) END,
    CASE WHEN source = 'notify' THEN jsonb_build_object('notifyId', pg_temp.request_id(q)::text, 'category', pg_temp.category_of(q),
        'recipient', 'r-' || r) END
FROM generate_series(0, :notifications - 1) AS n, LATERAL (SELECT pg_temp.request_of(n) OFFSET 0) AS b (q),
    LATERAL (SELECT pg_temp.source_of(q), pg_temp.channel_of(n, q), pg_temp.recipient_of(n, q), pg_temp.status_of(n),
        pg_temp.at(pg_temp.notification_ms(n)) OFFSET 0)
        AS a (source, channel, r, status, at);

-- table notification_attempts
INSERT INTO notification_attempts (notification_id, number, at, outcome, provider_status, error, duration_ms)
SELECT pg_temp.notification_id(n), 1, pg_temp.at(pg_temp.notification_ms(n)), CASE WHEN status = 'failed' THEN 'permanent' ELSE 'sent' END,
    CASE WHEN status = 'failed' THEN 400 ELSE 200 END, CASE WHEN status = 'failed' THEN 'The address does not exist.' END, 40
FROM generate_series(0, :notifications - 1) AS n, LATERAL (SELECT pg_temp.status_of(n) OFFSET 0) AS s (status)
WHERE status NOT IN ('pending', 'cancelled');

-- table notify_deliveries
INSERT INTO notify_deliveries (id, request_id, user_id, recipient_key, recipient, recipient_id, channel, address, state, created_at)
SELECT pg_temp.notification_id(n), pg_temp.request_id(q), pg_temp.user_of(pg_temp.owner_of(q)), pg_temp.recipient_id(r), 'r-' || r,
    pg_temp.recipient_id(r),
    channel, pg_temp.address_of(channel, r), 'created', pg_temp.at(pg_temp.notification_ms(n))
FROM generate_series(0, :notifications - 1) AS n, LATERAL (SELECT pg_temp.request_of(n) OFFSET 0) AS b (q),
    LATERAL (SELECT pg_temp.source_of(q), pg_temp.channel_of(n, q), pg_temp.recipient_of(n, q) OFFSET 0) AS a (source, channel, r)
WHERE source = 'notify'
-- of few recipients one may be told twice by a large request
ON CONFLICT DO NOTHING;

-- table notify_requests
INSERT INTO notify_requests (id, user_id, category, priority, request, position, created_at, planned_at)
SELECT pg_temp.request_id(q), pg_temp.user_of(pg_temp.owner_of(q)), pg_temp.category_of(q), 2,
    jsonb_build_object('content', jsonb_build_object('subject', 'News', 'body', pg_temp.text_of(q)), 'digestKey', '', 'skipsDigest',
        false, 'to',
        CASE WHEN q < 0 THEN jsonb_build_array(jsonb_build_object('topicId', pg_temp.topic_id(0)))
        ELSE (SELECT jsonb_agg(jsonb_build_object('id', 'r-' || pg_temp.recipient_of(n, q))) FROM generate_series(q * 10,
            q * 10 + 9) AS n) END),
    1, pg_temp.at(ms), pg_temp.at(ms) + interval '1 second'
FROM (SELECT pg_temp.request_of(n) FROM generate_series(0, :notifications - 1,
    10) AS n WHERE n / 10000 % 100 <> 7 OR n % 10000 = 0) AS b (q),
    LATERAL (SELECT pg_temp.notification_ms(CASE WHEN q < 0 THEN (-1 - q) * 10000 ELSE q * 10 END)) AS m (ms)
WHERE pg_temp.source_of(q) = 'notify';

-- table inbox_items
INSERT INTO inbox_items (notification_id, user_id, recipient_id, stored_at, seen_at, read_at, archived_at)
SELECT pg_temp.notification_id(n), pg_temp.user_of(pg_temp.owner_of(q)), pg_temp.recipient_id(pg_temp.recipient_of(n, q)), at,
    CASE WHEN pg_temp.u(n, 11) < 0.7 THEN at + interval '10 minutes' END, CASE WHEN pg_temp.u(n,
        11) < 0.55 THEN at + interval '20 minutes' END,
    CASE WHEN pg_temp.u(n, 11) < 0.1 THEN at + interval '1 day' END
FROM generate_series(0, :notifications - 1) AS n, LATERAL (SELECT pg_temp.request_of(n),
    pg_temp.at(pg_temp.notification_ms(n)) OFFSET 0) AS b (q, at)
WHERE pg_temp.channel_of(n, q) = 'inbox' AND pg_temp.status_of(n) IN ('sent', 'delivered', 'read')
ORDER BY n;

-- table recipients
INSERT INTO recipients (id, user_id, external_id, time_zone, locale, properties, created_at, updated_at)
SELECT pg_temp.recipient_id(n), pg_temp.user_of(owner), 'r-' || n, (ARRAY['Europe/Vienna', 'America/New_York', NULL])[n % 3 + 1],
    (ARRAY['de-AT', 'en-US', NULL])[n % 3 + 1], jsonb_build_object('name', 'Person ' || n), pg_temp.at(pg_temp.recipient_ms(n)),
    pg_temp.at(pg_temp.recipient_ms(n))
FROM pg_temp.owned(:recipients);

-- table recipient_addresses
INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, address, fingerprint, created_at)
SELECT pg_temp.id_at(pg_temp.recipient_ms(n), 5, n * 4 + k), pg_temp.user_of(owner), pg_temp.recipient_id(n), channel,
    pg_temp.address_of(channel, n),
    sha256(convert_to(channel || chr(10) || chr(10) || pg_temp.address_of(channel, n), 'UTF8')), pg_temp.at(pg_temp.recipient_ms(n))
FROM pg_temp.owned(:recipients), (VALUES (0, 'email', 1.0), (1, 'sms', 0.7), (2, 'whatsapp', 0.4)) AS c (k, channel, share)
WHERE pg_temp.u(n, 12) < share;

-- table recipient_preferences
INSERT INTO recipient_preferences (recipient_id, user_id, preferences, quiet_hours, updated_at)
SELECT pg_temp.recipient_id(n), pg_temp.user_of(owner), '{"news": {"sms": false}}',
    CASE WHEN n % 2 = 0 THEN '[{"days": [1, 2, 3, 4, 5, 6, 7], "from": "22:00", "to": "07:00"}]'::jsonb END, :now - interval '3 days'
FROM pg_temp.owned(:recipients)
WHERE pg_temp.u(n, 13) < 0.2;

-- table notification_categories
INSERT INTO notification_categories (user_id, name, is_critical, settings, created_at, updated_at)
SELECT pg_temp.user_of(owner), name, name = 'billing', '{}', :now, :now FROM generate_series(1, 10) AS owner, unnest(ARRAY['news',
    'orders', 'billing']) AS name;

-- table topics
INSERT INTO topics (id, user_id, name, created_at)
SELECT pg_temp.topic_id(n), pg_temp.user_of(owner), 'topic-' || place, :now - interval '700 days' FROM pg_temp.owned(100);

-- table topic_members
INSERT INTO topic_members (topic_id, recipient_id, user_id)
SELECT pg_temp.topic_id(pg_temp.first_of(owner, 100) + floor(pg_temp.u(n, 14) * pg_temp.count_of(owner, 100))::bigint),
    pg_temp.recipient_id(n),
    pg_temp.user_of(owner)
FROM pg_temp.owned(:recipients);

-- after
UPDATE users SET recipients = recipients + pg_temp.count_of(o.owner::int, :recipients)
FROM unnest(:users) WITH ORDINALITY AS o (id, owner) WHERE users.id = o.id;
