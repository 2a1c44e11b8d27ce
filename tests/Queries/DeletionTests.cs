using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Analytics.Worker.Email;
using Switchboard.Analytics.Worker.Retention;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Tests.Queries;

/// <summary>What Analytics.Worker deletes: what is older than it is kept, and what is left of accounts that were disconnected.</summary>
public sealed class DeletionTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IOptions<RetentionOptions> _options = Options.Create(new RetentionOptions());
    private readonly Guid _accountId = Guid.CreateVersion7();

    // a statement that waits for a lock fails instead
    private readonly NpgsqlDataSource _dataSource = NpgsqlDataSource.Create($"{server.ConnectionString};Options=-c lock_timeout=3s");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _dataSource.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_table_that_cannot_be_pruned_keeps_no_other_from_it_and_the_run_is_repeated()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        using var failures = new MetricCollector<long>(meters, "Switchboard.Analytics", "switchboard.pruned.failures");
        await ExecuteAsync("INSERT INTO job_minutes VALUES ('some-job', now() - interval '400 days', 1, 0, 0, '{}')");
        await ExecuteAsync("ALTER TABLE sms_replies RENAME COLUMN replied_at TO renamed");
        var handler = new PruneDataHandler(
            _dataSource, _options, TimeProvider.System, new PruningMetrics(meters), NullLogger<PruneDataHandler>.Instance);

        var failed = await handler.HandleAsync([Delivery(new PruneData(Guid.CreateVersion7()))], default);
        var left = await CountAsync("SELECT count(*) FROM job_minutes");
        await ExecuteAsync("ALTER TABLE sms_replies RENAME COLUMN renamed TO replied_at");
        var repeated = await handler.HandleAsync([Delivery(new PruneData(Guid.CreateVersion7()))], default);

        left.ShouldBe(0);
        failed.ShouldBe([JobOutcome.Retry("Could not delete old rows of sms_replies.")]);
        failures.GetMeasurementSnapshot().Select(failure => failure.Tags["table"]).ShouldBe(["sms_replies"]);
        repeated.ShouldBe([JobOutcome.Done]);
    }

    [Fact]
    public async Task A_run_that_is_stopped_is_not_a_failure_of_a_table()
    {
        var handler = new PruneDataHandler(
            _dataSource,
            _options,
            TimeProvider.System,
            new PruningMetrics(_services.GetRequiredService<IMeterFactory>()),
            NullLogger<PruneDataHandler>.Instance);

        await Should.ThrowAsync<OperationCanceledException>(
            handler.HandleAsync([Delivery(new PruneData(Guid.CreateVersion7()))], new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task What_is_being_written_of_a_disconnected_account_is_passed_over_and_deleted_later()
    {
        await ExecuteAsync(
            "INSERT INTO tracked_email_changes (account_id, hour) VALUES ($1, '2026-03-02 10:00Z'), ($1, '2026-03-02 11:00Z')", _accountId);
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var recording = await connection.BeginTransactionAsync();
        await ExecuteAsync(
            connection, "UPDATE tracked_email_changes SET version = 2 WHERE account_id = $1 AND hour = '2026-03-02 11:00Z'", _accountId);

        (await DeleteAsync()).ShouldNotBe(JobOutcome.Done);
        (await CountAsync("SELECT count(*) FROM tracked_email_changes WHERE account_id = $1", _accountId)).ShouldBe(1);
        (await DeleteAsync()).ShouldNotBe(JobOutcome.Done, "a row is left, although none could be deleted");

        await recording.CommitAsync();
        (await DeleteAsync()).ShouldNotBe(JobOutcome.Done, "a row was deleted, so it is looked once more");
        (await DeleteAsync()).ShouldBe(JobOutcome.Done);
        (await CountAsync("SELECT count(*) FROM tracked_email_changes WHERE account_id = $1", _accountId)).ShouldBe(0);
    }

    [Fact]
    public async Task While_days_are_being_made_a_disconnected_account_may_get_one_more_and_is_looked_at_again()
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var making = await connection.BeginTransactionAsync();
        (await making.Command(AdvisoryLocks.TryOfTrackingViews).ScalarAsync<bool>(default)).ShouldBeTrue();
        await ExecuteAsync(connection, "INSERT INTO tracked_email_days (account_id, day, domains, mails) VALUES ($1, '2026-03-02', '', '')", _accountId);

        (await DeleteAsync()).ShouldNotBe(JobOutcome.Done, "what it cannot see yet");
        await making.CommitAsync();

        (await DeleteAsync()).ShouldNotBe(JobOutcome.Done, "a row was deleted, so it is looked once more");
        (await DeleteAsync()).ShouldBe(JobOutcome.Done);
        (await CountAsync("SELECT count(*) FROM tracked_email_days WHERE account_id = $1", _accountId)).ShouldBe(0);
    }

    [Fact]
    public async Task Of_an_account_that_was_disconnected_no_day_is_made_and_what_is_noted_goes()
    {
        await ExecuteAsync(
            """
            INSERT INTO tracked_emails (id, account_id, user_id, message_key, subject_key, provider_id, internet_message_id, subject, recipient,
                recipient_domain, recipients, categories, sent_at, status, expires_at, next_check_at, tracked_by, created_at, updated_at)
            VALUES ($1, $1, $1, $1, $1, 'p', '<p@x>', 's', 'r@x.test', 'x.test', '{r@x.test}', '{}',
                '2026-03-02 10:30Z', 'active', now(), now(), 'policy', now(), now())
            """, _accountId);
        await ExecuteAsync("INSERT INTO tracked_email_changes (account_id, hour) VALUES ($1, '2026-03-02 10:00Z')", _accountId);
        await using var services = SeededDatabase.Services(_dataSource);

        await SeededDatabase.Views(_dataSource, services.GetRequiredService<QueryMonitor>()).RefreshAsync(always: true, default);

        (await CountAsync("SELECT count(*) FROM tracked_email_days WHERE account_id = $1", _accountId)).ShouldBe(0);
        (await CountAsync("SELECT count(*) FROM tracked_email_changes WHERE account_id = $1", _accountId)).ShouldBe(0);
    }

    private async Task<JobOutcome> DeleteAsync()
    {
        var metrics = new PruningMetrics(_services.GetRequiredService<IMeterFactory>());
        var handler = new DeleteAccountDataHandler(
            new AccountData(_dataSource, metrics), _options, TimeProvider.System, NullLogger<DeleteAccountDataHandler>.Instance);
        return (await handler.HandleAsync([Delivery(new DeleteAccountData(Guid.CreateVersion7(), _accountId))], default)).ShouldHaveSingleItem();
    }

    private static JobDelivery<TJob> Delivery<TJob>(TJob job)
        where TJob : IJob => new(job, 1, DateTimeOffset.UnixEpoch, IsLastAttempt: false, IsReplay: false, Activity: null);

    private async Task ExecuteAsync(string sql, params Guid[] parameters)
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        await ExecuteAsync(connection, sql, parameters);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params Guid[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = parameter });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string sql, params Guid[] parameters)
    {
        await using var command = _dataSource.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = parameter });
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
