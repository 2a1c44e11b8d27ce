-- Posts and media: what their lists, the guard against near-duplicates and uploads need.

-- the media that a post names, in any of its variants: what is not deleted while it waits
ALTER TABLE social_posts ADD COLUMN IF NOT EXISTS media_ids uuid[] NOT NULL DEFAULT '{}';

-- DELETE /api/media-library/{id}: WHERE user_id = $1 AND media_ids @> ARRAY[$2] AND state IN ('draft', 'scheduled', 'publishing')
CREATE INDEX IF NOT EXISTS idx_social_posts_media ON social_posts USING gin (media_ids)
    WHERE state IN ('draft', 'scheduled', 'publishing') AND media_ids <> '{}';

-- GET /api/posts?state=: WHERE user_id = $1 AND state = $2 ORDER BY id DESC; without a state UNIQUE (user_id, id) has the order
CREATE INDEX IF NOT EXISTS idx_social_posts_user_state ON social_posts (user_id, state, id DESC);

-- GET /api/posts?from=&to=: WHERE user_id = $1 AND scheduled_at >= $2 AND scheduled_at < $3 ORDER BY scheduled_at DESC, id DESC
CREATE INDEX IF NOT EXISTS idx_social_posts_user_scheduled ON social_posts (user_id, scheduled_at DESC, id DESC)
    WHERE scheduled_at IS NOT NULL;

-- GET /api/posts?tag=: WHERE user_id = $1 AND tags @> ARRAY[$2]
CREATE INDEX IF NOT EXISTS idx_social_posts_tags ON social_posts USING gin (tags) WHERE tags <> '{}';

-- GET /api/posts?metadata=: WHERE user_id = $1 AND metadata @> $2
CREATE INDEX IF NOT EXISTS idx_social_posts_metadata ON social_posts USING gin (metadata jsonb_path_ops) WHERE metadata <> '{}';

-- the queue of a schedule, and its last place: WHERE user_id = $1 AND schedule_id = $2 AND queue_position IS NOT NULL ORDER BY queue_position
CREATE INDEX IF NOT EXISTS idx_social_posts_queue ON social_posts (user_id, schedule_id, queue_position) WHERE queue_position IS NOT NULL;

-- GET /api/posts?accountId=: EXISTS (… WHERE user_id = $1 AND account_id = $2 AND post_id = p.id)
CREATE INDEX IF NOT EXISTS idx_social_targets_account ON social_post_targets (user_id, account_id, post_id DESC);

-- Near-duplicates: texts whose fingerprints differ in at most three of 64 bits have one quarter in common.
-- WHERE user_id = $1 AND ((text_hash >> 48) & 65535) = $2, and so for each quarter
CREATE INDEX IF NOT EXISTS idx_social_targets_text_0 ON social_post_targets (user_id, ((text_hash >> 48) & 65535)) WHERE text_hash IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_social_targets_text_1 ON social_post_targets (user_id, ((text_hash >> 32) & 65535)) WHERE text_hash IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_social_targets_text_2 ON social_post_targets (user_id, ((text_hash >> 16) & 65535)) WHERE text_hash IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_social_targets_text_3 ON social_post_targets (user_id, (text_hash & 65535)) WHERE text_hash IS NOT NULL;

-- deleting: its files go before its row, which is all that knows of them
ALTER TABLE social_media DROP CONSTRAINT IF EXISTS social_media_state_check;
ALTER TABLE social_media ADD CONSTRAINT social_media_state_check CHECK (state IN ('uploading', 'ready', 'refused', 'deleting'));

-- GET /api/media-library?state=: WHERE user_id = $1 AND state = $2 ORDER BY id DESC; and how much of the quota is used
CREATE INDEX IF NOT EXISTS idx_social_media_user_state ON social_media (user_id, state, id DESC) INCLUDE (total_bytes);

-- prune-social-media: WHERE state IN ('uploading', 'deleting') AND updated_at < $1
CREATE INDEX IF NOT EXISTS idx_social_media_unfinished ON social_media (updated_at) WHERE state IN ('uploading', 'deleting');

-- A part of an upload that is not whole yet, kept under a name of its own. The row is there before its file.
CREATE TABLE IF NOT EXISTS social_media_parts (
    id       uuid PRIMARY KEY,
    user_id  uuid NOT NULL REFERENCES users DEFERRABLE INITIALLY DEFERRED,
    media_id uuid NOT NULL,
    -- where in the file it begins
    position bigint NOT NULL CHECK (position >= 0),
    -- null until it is kept and counts
    bytes    bigint CHECK (bytes > 0),
    FOREIGN KEY (user_id, media_id) REFERENCES social_media (user_id, id) ON DELETE CASCADE
);

-- the parts of an upload: WHERE user_id = $1 AND media_id = $2 ORDER BY position
CREATE INDEX IF NOT EXISTS idx_social_media_parts_media ON social_media_parts (user_id, media_id, position);
