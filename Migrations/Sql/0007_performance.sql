-- What each process says of itself, every 2 s. Not logged: after a crash of the server each writes it anew.
CREATE UNLOGGED TABLE process_reports (
    process_id uuid PRIMARY KEY,
    -- edge, ingest, dispatch, analytics
    service    text NOT NULL,
    -- GET /api/sms/performance/…: WHERE seen_at > $1; there are as many rows as processes, so no index
    seen_at    timestamptz NOT NULL,
    -- {section: figures} (Core/Performance)
    report     jsonb NOT NULL
);
