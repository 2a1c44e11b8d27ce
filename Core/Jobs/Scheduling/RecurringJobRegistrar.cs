using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Switchboard.Core.Notifications;

namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>Writes the schedules of this process at start, as soon as the database is there.</summary>
internal sealed partial class RecurringJobRegistrar(
    IEnumerable<RecurringJob> jobs, NpgsqlDataSource dataSource, TimeProvider time, ILogger<RecurringJobRegistrar> logger) : BackgroundService
{
    // a schedule that is there keeps its next turn, unless it now comes round sooner
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

    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var job in jobs)
        {
            while (!await TryWriteAsync(job, stoppingToken))
                await Task.Delay(_wait, time, stoppingToken);
        }
    }

    private async Task<bool> TryWriteAsync(RecurringJob recurring, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var message = JobMessage.Of(recurring.Next(), now);
        try
        {
            await using var command = dataSource.CreateCommand(Sql);
            object[] values =
            [
                message.Id, message.Type, (short)message.Version, JobQueue.NameOf(message.Lane.Worker), (short)message.Lane.Priority,
                Encoding.UTF8.GetString(message.Body.Span), StorableText.From(message.IdempotencyKey), now, recurring.Every, recurring.Name,
            ];
            foreach (var value in values)
                command.Parameters.Add(new() { Value = value });
            await command.ExecuteNonQueryAsync(cancellation);
            return true;
        }
        catch (NpgsqlException reason)
        {
            Log.NotYet(logger, recurring.Name, reason.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule {Name} is not written yet: {Reason}")]
        public static partial void NotYet(ILogger logger, string name, string reason);
    }
}
