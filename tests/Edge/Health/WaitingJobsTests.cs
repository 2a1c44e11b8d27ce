using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Operations.Health;

namespace Switchboard.Tests.Edge.Health;

/// <summary>Among 200,000 jobs that wait, every tenth is one of mail tracking.</summary>
public sealed class WaitingJobsTests(PostgresServer postgres) : IAsyncLifetime, IClassFixture<PostgresServer>
{
    private static readonly DateTimeOffset Due = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(postgres.ConnectionString);

    public async ValueTask InitializeAsync()
    {
        await ExecuteAsync("TRUNCATE scheduled_jobs");
        await InsertAsync("send-notification", JobPriority.High, 180_000);
        await InsertAsync(ReadGraphChanges.Type.Name, ReadGraphChanges.Type.Priority, 15_000);
        await InsertAsync(SyncEmails.Type.Name, SyncEmails.Type.Priority, 5_000);
        await ExecuteAsync("VACUUM ANALYZE scheduled_jobs");
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task They_are_counted_by_priority_with_the_first_that_is_due()
    {
        var waiting = await WaitingJobs.ReadAsync(_database, CancellationToken.None);

        waiting.ShouldBe(
        [
            new WaitingJobs(JobPriority.Critical, 0, null),
            new WaitingJobs(JobPriority.High, 15_000, Due),
            new WaitingJobs(JobPriority.Normal, 0, null),
            new WaitingJobs(JobPriority.Low, 5_000, Due),
            new WaitingJobs(JobPriority.VeryLow, 0, null),
        ]);
    }

    [Fact]
    public async Task The_index_alone_answers()
    {
        await using var command = WaitingJobs.Command(_database);
        command.CommandText = $"EXPLAIN {command.CommandText}";
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
            plan.Add(reader.GetString(0));

        var scans = plan.Where(line => line.Contains(" on scheduled_jobs", StringComparison.Ordinal)).ToArray();
        scans.Length.ShouldBe(2, string.Join('\n', plan));
        scans.ShouldAllBe(line => line.Contains("Index Only Scan using idx_webhook_queue_priority", StringComparison.Ordinal));
    }

    private async Task InsertAsync(string type, JobPriority priority, int count)
    {
        await using var command = _database.CreateCommand(
            """
            INSERT INTO scheduled_jobs (id, type, version, worker, priority, payload, idempotency_key, state, due_at, enqueued_at, created_at)
            SELECT gen_random_uuid(), $1, 1, 'ingest', $2, '{}', 'filler', 'delayed', $3 + (n - 1) * interval '1 second', $3, $3
            FROM generate_series(1, $4) AS n
            """);
        foreach (var value in new object[] { type, (short)priority, Due, count })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
