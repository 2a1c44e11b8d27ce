-- Keys end, and are revoked with the key that made them: whoever found one makes nothing by it that outlives it.
-- Revoking (Edge.Api/Operations/Access/ApiKeyStore.cs) goes down: WITH RECURSIVE … JOIN … ON child.parent_id = parent.id

ALTER TABLE api_keys
    -- null for those of before, and for what the migrator makes
    ADD COLUMN IF NOT EXISTS parent_id uuid REFERENCES api_keys ON DELETE CASCADE,
    -- null: until it is revoked
    ADD COLUMN IF NOT EXISTS expires_at timestamptz;

CREATE INDEX IF NOT EXISTS idx_api_keys_parent ON api_keys (parent_id) WHERE parent_id IS NOT NULL;

-- Wrong tries of the codes of a phone number, whoever links it, and after it was unlinked. The columns code_tries and paused_until of
-- user_phone_numbers are not read any more.
CREATE TABLE IF NOT EXISTS phone_number_tries (
    -- the contact: the new form of a Mexican number stands for both
    phone_number text PRIMARY KEY,
    -- since the last right one, the last pause, or a day without
    wrong_tries  smallint NOT NULL,
    tried_at     timestamptz NOT NULL,
    -- after too many no code is taken or sent until then
    paused_until timestamptz
);

INSERT INTO phone_number_tries (phone_number, wrong_tries, tried_at, paused_until)
SELECT regexp_replace(phone_number, '^\+521([0-9]{10})$', '+52\1'), least(sum(code_tries), 4), now(), max(paused_until)
FROM user_phone_numbers
WHERE (code_tries > 0 AND code IS NOT NULL) OR paused_until > now()
GROUP BY 1
ON CONFLICT DO NOTHING;
