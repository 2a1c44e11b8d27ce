-- Who uses the refresh token of a mailbox at this moment: one at a time, since a token may be good for a single use. A claim is a short
-- statement before the call to the provider and one after it, and ends by itself when its process dies: nothing is held meanwhile.
--   UPDATE mailboxes SET grant_claim = $2, … WHERE id = $1 AND (grant_claimed_until IS NULL OR grant_claimed_until < clock_timestamp())

ALTER TABLE mailboxes
    ADD COLUMN grant_claim uuid,
    ADD COLUMN grant_claimed_until timestamptz,
    ADD CONSTRAINT mailboxes_grant_claim_check CHECK ((grant_claim IS NULL) = (grant_claimed_until IS NULL));
