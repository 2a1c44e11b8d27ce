using System.Text;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>A job that is run again and again.</summary>
internal sealed record RecurringJob(string Name, TimeSpan Every, Func<Guid, OutgoingJob> Next);

/// <summary>Writes the schedules of this process at start, as soon as the database is there.</summary>
internal sealed class RecurringJobRegistrar(
    IEnumerable<RecurringJob> jobs, NpgsqlDataSource dataSource, TimeProvider timeProvider, ILogger<RecurringJobRegistrar> logger)
    : ResilientLoop(timeProvider, logger)
{
    // a schedule that is there keeps its next run, unless that is now sooner
    private const string Sql =
        """
        INSERT INTO scheduled_jobs
            (id, type, version, worker, priority, payload, idempotency_key, state, due_at, enqueued_at, repeat_every, name, created_at)
        VALUES ($1, $2, $3, $4, $5, $6::json, $7, 'recurring', $8, $8, $9, $10, $8)
        ON CONFLICT (name) DO UPDATE SET
            type = excluded.type, version = excluded.version, worker = excluded.worker, priority = excluded.priority,
            payload = excluded.payload, repeat_every = excluded.repeat_every,
            due_at = least(scheduled_jobs.due_at, $8 + $9)
        """;

    private readonly Queue<RecurringJob> _unwritten = new(jobs);

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        while (_unwritten.TryPeek(out var job))
        {
            await WriteAsync(job, cancellationToken);
            _unwritten.Dequeue();
        }

        return Timeout.InfiniteTimeSpan;
    }

    private async Task WriteAsync(RecurringJob recurring, CancellationToken cancellationToken)
    {
        var now = TimeProvider.GetUtcNow();
        var message = JobMessage.Of(recurring.Next(Guid.CreateVersion7(now)), now);
        await using var command = dataSource.CreateCommand(Sql);
        object[] values =
        [
            message.Id, message.Type, (short)message.Version, JobQueue.NameOf(message.Queue.Worker), (short)message.Queue.Priority,
            Encoding.UTF8.GetString(message.Body.Span), StorableText.From(message.IdempotencyKey), now, recurring.Every, recurring.Name,
        ];
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
