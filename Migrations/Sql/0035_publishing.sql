-- Publishing that cannot double.

-- the publish-post that a target waits for: one of a former time finds another one here, and does nothing
ALTER TABLE social_post_targets ADD COLUMN IF NOT EXISTS job_id uuid;

-- of which version of the post it was prepared: what was prepared of a former one is not used
ALTER TABLE social_post_targets ADD COLUMN IF NOT EXISTS prepared_version int;

-- {"text", "link", "media"} of the last attempt: what is read back is looked for by what was sent, whatever the post says by now
ALTER TABLE social_post_targets ADD COLUMN IF NOT EXISTS sent jsonb;

-- how many attempts it may have; more than at first when a person had it tried again; null for the policy's
ALTER TABLE social_post_targets ADD COLUMN IF NOT EXISTS attempt_limit int;

-- since when it waits for its reason
ALTER TABLE social_post_targets ADD COLUMN IF NOT EXISTS held_since timestamptz;

-- Workers.Dispatch/Social/Publishing/PublishingStore.cs: whether another target of the account is under way
--   WHERE account_id = $1 AND claim IS NOT NULL AND claimed_until > $2
CREATE INDEX IF NOT EXISTS idx_social_post_targets_claimed ON social_post_targets (account_id) WHERE claim IS NOT NULL;

-- A post is that of one target; and which of an account's are others' when one is read back
--   WHERE account_id = $1 AND remote_id IS NOT NULL
CREATE UNIQUE INDEX IF NOT EXISTS idx_social_post_targets_remote ON social_post_targets (account_id, remote_id) WHERE remote_id IS NOT NULL;

-- Workers.Dispatch/Social/Publishing/WaitingTargets.cs: what waits for its account
--   WHERE state = 'waiting' AND reason LIKE 'account-%'
CREATE INDEX IF NOT EXISTS idx_social_post_targets_waiting ON social_post_targets (account_id) WHERE state = 'waiting';

-- Workers.Dispatch/Social/Publishing/SweepPostsHandler.cs: what should have been looked at and was not
--   WHERE state IN ('pending', 'waiting', 'preparing', 'ready', 'sending', 'unknown') AND next_attempt_at < $1 ORDER BY next_attempt_at
CREATE INDEX IF NOT EXISTS idx_social_post_targets_next ON social_post_targets (next_attempt_at)
    WHERE state IN ('pending', 'waiting', 'preparing', 'ready', 'sending', 'unknown');

-- Workers.Dispatch/Social/Publishing/CleanUpPublishing.cs: attempts of what is done, and counts, of long ago
--   WHERE ended_at < $1; WHERE day < $1
CREATE INDEX IF NOT EXISTS idx_social_attempts_ended ON social_attempts (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_social_account_days_day ON social_account_days (day);
