-- Posts that an account was a target of and that were not finished when it was disconnected: what is left of them decides what becomes of them.
ALTER TABLE social_account_endings ADD COLUMN IF NOT EXISTS open_posts uuid[] NOT NULL DEFAULT '{}';
