-- What an instance of Mastodon takes, as it was told last: {"maxCharacters", "maxMedia", "charactersPerLink", "at"}
-- (Core/Social/Platforms/InstanceLimits.cs); null: it has not said. Read by the primary key, with the accounts of the instance.
ALTER TABLE social_instances ADD COLUMN IF NOT EXISTS limits jsonb;
