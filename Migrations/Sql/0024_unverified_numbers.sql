-- Retention: DELETE … WHERE verified_at IS NULL AND created_at < $1
CREATE INDEX IF NOT EXISTS idx_user_phone_numbers_unverified ON user_phone_numbers (created_at) WHERE verified_at IS NULL;
