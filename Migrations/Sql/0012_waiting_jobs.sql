-- What waits of the jobs that mail tracking is made of: how many of each priority, and since when the oldest is due.
-- GET /api/health/performance (Edge.Api/Health/WaitingJobs.cs): for each priority,
--   count(*) of (… WHERE type IN ('read-graph-changes', 'sync-emails') AND priority = $1 LIMIT n), and min(due_at) of the same.
-- Of these types alone: what else waits, and that is most, is not written twice for it.
CREATE INDEX idx_webhook_queue_priority ON scheduled_jobs (priority, due_at) WHERE type IN ('read-graph-changes', 'sync-emails');
