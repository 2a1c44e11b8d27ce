-- What an instance of Mastodon takes, as it was told last: {"maxCharacters", "maxMedia", "charactersPerLink", "at"}
-- (Core/Social/Platforms/InstanceLimits.cs); null: it has not said. Read by the primary key, with the accounts of the instance.
ALTER TABLE social_instances ADD COLUMN IF NOT EXISTS limits jsonb;

-- The tags of a user's posts: a word that others use as well would have all of theirs looked through.
CREATE OR REPLACE FUNCTION social_tags_of(user_id uuid, tags text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ARRAY(SELECT user_id::text || tag FROM unnest(tags) AS tag) $$;

-- GET /api/posts?tag=: WHERE user_id = $1 AND tags <> '{}' AND social_tags_of(user_id, tags) @> ARRAY[$1::text || $2]
CREATE INDEX IF NOT EXISTS idx_social_posts_user_tags ON social_posts USING gin (social_tags_of(user_id, tags)) WHERE tags <> '{}';
DROP INDEX IF EXISTS idx_social_posts_tags;
