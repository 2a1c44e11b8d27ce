-- Schedules and health: what the base tables lack, and their indexes, each beside the query that it serves. The queue of a
-- schedule and the calendar are read by the indexes of posts (0036_social_posts.sql).

-- why the last occurrence made no post
ALTER TABLE social_schedules ADD COLUMN IF NOT EXISTS last_error text;

-- the sweep: WHERE next_at < $1 AND NOT is_paused ORDER BY next_at, id
CREATE INDEX IF NOT EXISTS idx_social_schedules_due ON social_schedules (next_at, id)
    WHERE next_at IS NOT NULL AND NOT is_paused;

-- the score that was told of last (account.health_changed): a slow change is told too, once it adds up
ALTER TABLE social_health ADD COLUMN IF NOT EXISTS told_score int;

-- GET /api/health/accounts, the worst first, and GET /api/health/swarm: WHERE user_id = $1 [AND score …] ORDER BY score, account_id
CREATE INDEX IF NOT EXISTS idx_social_health_user_score ON social_health (user_id, score, account_id);

-- retention: WHERE at < $1
CREATE INDEX IF NOT EXISTS idx_social_health_history_at ON social_health_history (at);
