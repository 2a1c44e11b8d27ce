-- Jobs that wait (for their time, for another try, for their turn again) and jobs that were given up.
-- Ready jobs are in RabbitMQ.

CREATE TABLE scheduled_jobs (
    id              uuid PRIMARY KEY,
    type            text NOT NULL,
    version         smallint NOT NULL,
    worker          text NOT NULL CHECK (worker IN ('ingest', 'dispatch', 'analytics')),
    -- 0 critical, 1 high, 2 normal, 3 low, 4 very-low
    priority        smallint NOT NULL CHECK (priority BETWEEN 0 AND 4),
    -- json, not jsonb: kept to the letter, and a string in it may hold \u0000
    payload         json NOT NULL,
    idempotency_key text NOT NULL,
    -- staged: written with what brought it about and about to be published by the same process; the scheduler's if that died
    state           text NOT NULL CHECK (state IN ('staged', 'delayed', 'retrying', 'recurring')),
    -- the number of the attempt that comes next, from 1
    attempt         int NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    -- [{attempt, at, error}] of the attempts so far
    errors          jsonb NOT NULL DEFAULT '[]',
    due_at          timestamptz NOT NULL,
    -- from when its latency counts: when it was published or staged, or the time that it was delayed to
    enqueued_at     timestamptz NOT NULL,
    -- a person asked for it again after it was dead
    is_replay       boolean NOT NULL DEFAULT false,
    -- recurring jobs: the time between two turns, and the name that makes a schedule unique
    repeat_every    interval CHECK ((state = 'recurring') = (repeat_every IS NOT NULL)),
    name            text UNIQUE CHECK ((state = 'recurring') = (name IS NOT NULL)),
    trace_parent    text,
    created_at      timestamptz NOT NULL
);

-- The scheduler: WHERE due_at <= $now ORDER BY due_at LIMIT n FOR UPDATE SKIP LOCKED,
-- and the list at GET /api/jobs/scheduled: ORDER BY due_at, id after a cursor.
CREATE INDEX idx_scheduled_jobs_due ON scheduled_jobs (due_at, id);

-- Rows live for moments: what they leave behind is swept often, or the scheduler would read over it.
ALTER TABLE scheduled_jobs SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

CREATE TABLE dead_jobs (
    id              uuid PRIMARY KEY,
    type            text NOT NULL,
    version         smallint NOT NULL,
    worker          text NOT NULL,
    priority        smallint NOT NULL,
    -- as it was received: a poison message may be no JSON at all
    payload         bytea NOT NULL,
    idempotency_key text NOT NULL,
    attempts        int NOT NULL,
    errors          jsonb NOT NULL,
    -- a person had asked for it again already
    is_replay       boolean NOT NULL DEFAULT false,
    -- the last error, for lists and filters
    error           text NOT NULL,
    trace_parent    text,
    created_at      timestamptz NOT NULL,
    died_at         timestamptz NOT NULL
);

-- GET /api/jobs/dead: newest first, optionally of one type.
CREATE INDEX idx_dead_jobs_died ON dead_jobs (died_at DESC, id DESC);
CREATE INDEX idx_dead_jobs_type_died ON dead_jobs (type, died_at DESC, id DESC);

-- What each process counted of its jobs, added up per minute.
CREATE TABLE job_minutes (
    type          text NOT NULL,
    minute        timestamptz NOT NULL,
    completed     bigint NOT NULL,
    -- attempts that failed and will be tried again
    failed        bigint NOT NULL,
    dead          bigint NOT NULL,
    -- from enqueued to settled: counts per bucket, bounds in Core/Jobs/LatencyBuckets.cs
    latency_counts bigint[] NOT NULL,
    PRIMARY KEY (type, minute)
);

CREATE INDEX idx_job_minutes_minute ON job_minutes (minute);

-- What each process holds at the moment; a row not seen for some seconds is of a process that is gone.
CREATE TABLE job_processes (
    process_id uuid NOT NULL,
    type       text NOT NULL,
    active     int NOT NULL,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (process_id, type)
);
