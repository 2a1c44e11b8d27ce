-- :rows notifications of a hundred users, delivered over the last thirty days, for a run of `email` over them.
INSERT INTO users (id, email, name, created_at)
SELECT md5('bench user ' || n)::uuid, 'bench' || n || '@switchboard.example', 'bench ' || n, now() - interval '30 days'
FROM generate_series(0, 99) AS n;

SET synchronous_commit = off;
-- no foreign keys: the mails and rules that these name are not made
SET session_replication_role = replica;
INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, source_id, rule_id, dedup_key, attempts,
    provider_message_id, created_at, sending_at, sent_at, delivered_at)
SELECT id, md5('bench user ' || n % 100)::uuid, 'whatsapp', '+15550' || lpad((n % 100)::text, 6, '0'),
    'Mail from sender' || n % 1000 || '@example.org: the subject of mail ' || n, 2, 'delivered', 'email', mail, rule, 'email:' || mail || '/' || rule, 1,
    'wamid.' || md5(n::text), at, at + interval '100 ms', at + interval '200 ms', at + interval '1 s'
FROM generate_series(1, :rows) AS n,
    -- a UUIDv7 of its time, so that the order of ids is that of creation
    LATERAL (SELECT now() - interval '30 days' * (1 - n / :rows::float8), md5(n::text || 'mail')::uuid, md5('rule' || n % 1000)::uuid) AS a (at, mail, rule),
    LATERAL (SELECT overlay(overlay(overlay(md5(n::text || 'notification')
        PLACING lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') FROM 1 FOR 12) PLACING '7' FROM 13 FOR 1) PLACING '8' FROM 17 FOR 1)::uuid) AS b (id);
RESET session_replication_role;
VACUUM (ANALYZE) notifications;
CHECKPOINT;
