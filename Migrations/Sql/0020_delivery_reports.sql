-- Delivery reports are read: of whom each tells, and which mail it is about where it shows nothing but a recipient. What calendars and
-- emojis answer is a kind by itself.
ALTER TABLE received_emails
    -- of a delivery report, the recipients of whom it tells: those for whom the delivery failed
    ADD COLUMN IF NOT EXISTS reported text[] NOT NULL DEFAULT '{}',
    -- it shows neither the mail nor its subject
    ADD COLUMN IF NOT EXISTS is_by_recipient boolean NOT NULL DEFAULT false;

-- The constraints of before refuse what is new; those that take their place are true of all rows that there are.
ALTER TABLE received_emails DROP CONSTRAINT IF EXISTS received_emails_kind_check;
ALTER TABLE received_emails ADD CONSTRAINT received_emails_kind_check
    CHECK (kind IN ('reply', 'auto-reply', 'bounce', 'calendar', 'reaction')) NOT VALID;
ALTER TABLE received_emails VALIDATE CONSTRAINT received_emails_kind_check;
ALTER TABLE received_emails DROP CONSTRAINT IF EXISTS received_emails_check;
ALTER TABLE received_emails ADD CONSTRAINT received_emails_check
    CHECK (matched_by IN ('reference', 'conversation', 'subject', 'recipient') AND (matched_by IS NULL) = (tracked_email_id IS NULL)) NOT VALID;
ALTER TABLE received_emails VALIDATE CONSTRAINT received_emails_check;

-- The reports that a mail which was sent may be the subject of: WHERE reported && $1 AND is_by_recipient
CREATE INDEX IF NOT EXISTS idx_received_emails_reported ON received_emails USING gin (reported) WITH (fastupdate = off)
    WHERE is_by_recipient;

-- Whether a mail came back from all whom it was sent to: a bounce that names nobody is of all, and an only recipient may have been sent on
-- to another address. Workers.Ingest (Outcome) works out the same of a mail that is about to be stored. idx_received_emails_tracked
CREATE OR REPLACE FUNCTION tracked_email_is_bounced(mail uuid, recipients text[]) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(bool_or(cardinality(recipients) <= 1 OR bounce.reported = '{}'), false)
        OR (count(*) > 0 AND recipients <@ array(
            SELECT unnest(other.reported) FROM public.received_emails AS other WHERE other.tracked_email_id = mail AND other.kind = 'bounce'))
    FROM public.received_emails AS bounce
    WHERE bounce.tracked_email_id = mail AND bounce.kind = 'bounce');
