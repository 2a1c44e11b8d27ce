-- A row of everything that belongs to a user; the names beginning with $ are replaced.
INSERT INTO users (id, email, name, created_at) VALUES ('$user', '$user@example.com', 'a user', now());
INSERT INTO api_keys (id, user_id, name, hash, prefix, scopes, created_at)
VALUES (gen_random_uuid(), '$user', 'key', sha256('$user'), 'sb_', '{rules}', now());
INSERT INTO idempotency_keys (user_id, key, request_hash, response, created_at) VALUES ('$user', 'key', '\x00', '\x00', now());
INSERT INTO rules (id, user_id, name, type, sender_rules, content_rules, priority, active, continue, template, channel, recipient, created_at, updated_at)
VALUES (gen_random_uuid(), '$user', 'rule', 'sender', '{}', '{}', 1, true, false, 't', 'sms', '$number', now(), now());
WITH made AS (
    INSERT INTO templates (id, user_id, key, kind, latest_version, published_version, created_at, updated_at)
    VALUES (gen_random_uuid(), '$user', 'order', 'template', 1, NULL, now(), now())
    RETURNING id
)
INSERT INTO template_versions (template_id, version, user_id, variants, source_bytes, created_at)
SELECT id, 1, '$user', '[{"text": "text"}]', 4, now() FROM made;
UPDATE templates SET published_version = 1 WHERE user_id = '$user';
INSERT INTO user_phone_numbers (id, user_id, phone_number, verified_at, created_at) VALUES (gen_random_uuid(), '$user', '$number', now(), now());

INSERT INTO mailboxes (id, user_id, provider, address, refresh_token, status, created_at) VALUES
    ('$gmail', '$user', 'gmail', '$gmail@gmail.test', '\x00', 'active', now()),
    ('$microsoft', '$user', 'microsoft', '$microsoft@example.com', '\x00', 'active', now());
INSERT INTO graph_mailboxes (mailbox_id, subscription_id) VALUES ('$microsoft', '$subscription');
INSERT INTO account_connections (id, user_id, provider, state_hash, code_verifier, redirect_uri, created_at, expires_at)
VALUES (gen_random_uuid(), '$user', 'microsoft', sha256('$user'), '\x00', 'https://x.test', now(), now());
INSERT INTO mail_syncs (id, account_id, user_id, batch_size, state, created_at, updated_at)
VALUES (gen_random_uuid(), '$microsoft', '$user', 1, 'queued', now(), now());
INSERT INTO tracking_requests (id, account_id, user_id, message_id, state, created_at)
VALUES (gen_random_uuid(), '$microsoft', '$user', 'm', 'queued', now());

INSERT INTO tracked_emails (id, account_id, user_id, message_key, subject_key, provider_id, internet_message_id, subject, recipient,
    recipient_domain, recipients, categories, sent_at, status, expires_at, next_check_at, tracked_by, created_at, updated_at)
VALUES ('$item', '$microsoft', '$user', gen_random_uuid(), gen_random_uuid(), 'p', '<p@x>', 's', 'r@x.test', 'x.test', '{r@x.test}', '{}',
    now() - interval '3 days', 'active', now(), now(), 'policy', now(), now());
INSERT INTO tracked_email_changes (account_id, hour) VALUES ('$microsoft', date_bin('1 hour', now() - interval '3 days', '0001-01-01 00:00Z'));
INSERT INTO received_emails (id, account_id, message_key, subject_key, names, provider_id, internet_message_id, sender, subject, kind,
    is_answer_subject, received_at, created_at)
VALUES (gen_random_uuid(), '$microsoft', gen_random_uuid(), gen_random_uuid(), '{}', 'p', '<p@x>', 'r@x.test', 's', 'reply', true, now(), now());

INSERT INTO emails (id, user_id, source, message_id, sender, subject, received_at, accepted_at, processed_at, matched) VALUES
    ('$microsoft', '$user', 'mailbox:$microsoft', 'm1', 'a@b.test', 'microsoft', now(), now(), now(), 1),
    ('$gmail', '$user', 'mailbox:$gmail', 'm1', 'a@b.test', 'gmail', now(), now(), now(), 1),
    (gen_random_uuid(), '$user', 'user:$user', 'm1', 'a@b.test', 'program', now(), now(), now(), 0);
INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, source_id, dedup_key, created_at) VALUES
    ('$note', '$user', 'sms', '$number', 'microsoft', 1, 'sent', 'email', '$microsoft', 'email:$microsoft/' || gen_random_uuid(), now()),
    (gen_random_uuid(), '$user', 'sms', '$number', 'gmail', 1, 'sent', 'email', '$gmail', 'email:$gmail/' || gen_random_uuid(), now()),
    (gen_random_uuid(), '$user', 'sms', '$number', 'reminder', 1, 'sent', 'tracking', '$item', 'reminder:$item/1', now()),
    (gen_random_uuid(), '$user', 'sms', '$number', 'revoked', 1, 'sent', 'tracking', '$microsoft', 'revoked:$microsoft/00', now()),
    (gen_random_uuid(), '$user', 'sms', '$number', 'api', 1, 'sent', 'api', NULL, NULL, now());
INSERT INTO notification_attempts (notification_id, number, at, outcome, duration_ms) VALUES ('$note', 1, now(), 'sent', 1);
INSERT INTO inbox_items (notification_id, user_id, recipient_id, stored_at) VALUES ('$note', '$user', '$item', now());
INSERT INTO webhook_endpoints (id, user_id, url, events, created_at, updated_at) VALUES ('$item', '$user', 'https://x.test/', '{*}', now(), now());
INSERT INTO webhook_secrets (id, user_id, endpoint_id, secret, created_at) VALUES (gen_random_uuid(), '$user', '$item', '\x00', now());
INSERT INTO webhook_messages (id, user_id, type, payload, created_at) VALUES ('$note', '$user', 'notification.sent', '{}', now());
INSERT INTO webhook_deliveries (id, user_id, endpoint_id, message_id, state, created_at) VALUES ('$note', '$user', '$item', '$note', 'failed', now());
INSERT INTO webhook_attempts (delivery_id, number, at, duration_ms, request_headers) VALUES ('$note', 1, now(), 1, '{}');
INSERT INTO event_rollups (user_id, granularity, type, bucket, dimension, count) VALUES ('$user', 'hour', 'post.published', now(), 'x', 1);

INSERT INTO sms_messages (id, message_sid, user_id, sender, recipient, body, media_count, outcome, received_at, processed_at)
VALUES ('$item', 'SM$item', '$user', '$number', '+15550009999', 'words', 1, 'accepted', now(), now());
INSERT INTO enrichment_items (id, user_id, message_id, part, source, kind, status, attempts, storage_key, created_at, completed_at)
VALUES ('$item', '$user', '$item', 1, 'mms', 'image', 'completed', 2, '$user/$item-1', now(), now());

INSERT INTO scheduled_jobs (id, type, version, worker, priority, payload, idempotency_key, state, due_at, enqueued_at, created_at)
VALUES (gen_random_uuid(), 'process-email', 1, 'ingest', 1, '{"userId":"$user"}', 'user:$user/m', 'delayed', now(), now(), now()),
       ('$note', 'send-notification', 1, 'dispatch', 1, '{"notificationId":"$note"}', 'notification:$note', 'delayed', now(), now(), now());
INSERT INTO dead_jobs (id, type, version, worker, priority, payload, idempotency_key, attempts, errors, error, created_at, died_at)
VALUES (gen_random_uuid(), 'process-email', 1, 'ingest', 1, '{"userId":"$user","text":"words"}', 'user:$user/m', 1, '[]', 'e', now(), now()),
       (gen_random_uuid(), 'send-notification', 1, 'dispatch', 1, '{"notificationId":"$note"}', 'notification:$note', 1, '[]', 'e', now(), now());

INSERT INTO recipients (id, user_id, external_id, created_at, updated_at) VALUES ('$item', '$user', 'ann', now(), now());
INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, address, fingerprint, created_at)
VALUES (gen_random_uuid(), '$user', '$item', 'email', 'ann@b.test', '\x00', now());
INSERT INTO topics (id, user_id, name, created_at) VALUES ('$item', '$user', 'news', now());
INSERT INTO topic_members (topic_id, recipient_id, user_id) VALUES ('$item', '$item', '$user');
INSERT INTO notification_categories (user_id, name, created_at, updated_at) VALUES ('$user', 'orders', now(), now());
INSERT INTO recipient_preferences (recipient_id, user_id, updated_at) VALUES ('$item', '$user', now()), ('$user', '$user', now());

INSERT INTO notify_requests (id, user_id, category, priority, request, created_at) VALUES ('$note', '$user', 'default', 2, '{"to":[{"id":"ann"}]}', now());
INSERT INTO notify_digests (id, user_id, recipient_key, recipient_id, category, key, channel, address, opened_at, due_at, latest_at)
VALUES ('$note', '$user', '$item', '$item', 'default', '', 'email', 'ann@b.test', now(), now(), now());
INSERT INTO notify_deliveries (id, request_id, user_id, recipient_key, recipient, recipient_id, channel, address, state, digest_id, created_at)
VALUES ('$note', '$note', '$user', '$item', 'ann', '$item', 'email', 'ann@b.test', 'digest', '$note', now());

INSERT INTO social_proxies (id, user_id, name, scheme, host, port, next_check_at, created_at, updated_at)
VALUES ('$item', '$user', 'office', 'http', '8.8.8.8', 3128, now(), now(), now());
INSERT INTO social_proxy_checks (proxy_id, at, latency_ms) VALUES ('$item', now(), 5);
INSERT INTO warmup_protocols (id, user_id, name, steps, created_at, updated_at)
VALUES ('$item', '$user', 'default', '[{"days": 1, "cap": 1}]', now(), now());
INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, proxy_id, created_at, updated_at)
VALUES ('$note', '$user', 'x', '$note', 'ann', '\x00', 'active', now(), '$item', now(), now());
INSERT INTO social_account_states (account_id, at, state) VALUES ('$note', now(), 'active');
INSERT INTO social_account_days (account_id, day) VALUES ('$note', '2026-01-01') ON CONFLICT DO NOTHING;
INSERT INTO social_groups (id, user_id, name, created_at, updated_at) VALUES ('$item', '$user', 'all', now(), now());
INSERT INTO social_group_members (user_id, group_id, account_id) VALUES ('$user', '$item', '$note');
INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, created_at, updated_at)
VALUES ('$item', '$user', 'x', '$item', 'ann', '\x00', 'active', now(), now(), now()) ON CONFLICT DO NOTHING;
INSERT INTO social_media (id, user_id, file_name, total_bytes, state, created_at, updated_at) VALUES ('$item', '$user', 'a.png', 10, 'uploading', now(), now());
INSERT INTO social_media_parts (id, user_id, media_id, position, bytes) VALUES ('$note', '$user', '$item', 0, 5);
INSERT INTO social_posts (id, user_id, content, targets, state, created_at, updated_at)
VALUES ('$note', '$user', '{"text": "words"}', '{}', 'publishing', now(), now());
INSERT INTO social_post_targets (id, user_id, post_id, account_id, platform, state, created_at, updated_at)
VALUES ('$note', '$user', '$note', '$item', 'x', 'unknown', now(), now());
INSERT INTO social_attempts (target_id, number, state, began_at) VALUES ('$note', 1, 'unknown', now());
INSERT INTO social_schedules (id, user_id, name, time_zone, kind, slots, targets, created_at, updated_at)
VALUES ('$item', '$user', 'slots', 'UTC', 'slots', '[]', '{"accounts": [], "groups": []}', now(), now());
INSERT INTO social_health (account_id, user_id, score, parts, computed_at) VALUES ('$item', '$user', 90, '{}', now());
INSERT INTO social_health_history (account_id, at, score) VALUES ('$note', now(), 90);
