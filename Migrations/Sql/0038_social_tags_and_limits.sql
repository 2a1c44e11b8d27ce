-- What an instance of Mastodon takes, as it was told last: {"maxCharacters", "maxMedia", "charactersPerLink", "at"}
-- (Core/Social/Platforms/InstanceLimits.cs); null: it has not said. Read by the primary key, with the accounts of the instance.
ALTER TABLE social_instances ADD COLUMN IF NOT EXISTS limits jsonb;

-- The tags of a user's posts, each with its user: for a word that others use as well all of theirs would be looked through, and the planner
-- would not know how many of the user's have it.
CREATE OR REPLACE FUNCTION social_tags_of(user_id uuid, tags text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ARRAY(SELECT user_id::text || tag FROM unnest(tags) AS tag) $$;

ALTER TABLE social_posts ADD COLUMN IF NOT EXISTS user_tags text[] NOT NULL GENERATED ALWAYS AS (social_tags_of(user_id, tags)) STORED;

-- GET /api/posts?tag=: WHERE user_id = $1 AND user_tags @> ARRAY[$1::text || $2]
CREATE INDEX IF NOT EXISTS idx_social_posts_user_tags ON social_posts USING gin (user_tags);
DROP INDEX IF EXISTS idx_social_posts_tags;
