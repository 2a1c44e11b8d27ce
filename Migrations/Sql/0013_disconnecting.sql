-- Disconnecting an account takes what hangs on it along: DELETE FROM mailboxes WHERE id = $1 AND user_id = $2, by its foreign keys
-- DELETE FROM mail_syncs|tracking_requests WHERE account_id = $1. mail_sync_errors is found by its primary key.

CREATE INDEX idx_mail_syncs_account ON mail_syncs (account_id);
CREATE INDEX idx_tracking_requests_account ON tracking_requests (account_id);
