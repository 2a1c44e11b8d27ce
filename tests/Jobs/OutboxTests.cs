using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class OutboxTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task A_flushed_job_is_published_and_leaves_no_row()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var jobs = Many(3);
        await StageAsync(worker, jobs, commit: true);
        (await worker.CountAsync("SELECT count(*) FROM scheduled_jobs WHERE state = 'staged'")).ShouldBe(3);

        await worker.Get<JobOutbox>().FlushAsync(jobs, CancellationToken.None);

        await Script.SeeAllAsync(jobs.Select(job => job.Job.Id));
        (await worker.CountAsync("SELECT count(*) FROM scheduled_jobs")).ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task What_follows_a_commit_is_published_with_it_in_one_call()
    {
        // with one connection: it is given back before what removes the rows asks for it
        await using var worker = await TestProcess.StartAsync(Servers, null, services => services
            .AddJobPublishing()
            .AddSingleton(_ => NpgsqlDataSource.Create($"{Servers.Postgres};Maximum Pool Size=1;Timeout=2")));
        var jobs = Many(3);
        await using var connection = await worker.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await worker.Get<JobOutbox>().CommitAsync(transaction, jobs, CancellationToken.None);

        (await worker.CountAsync("SELECT count(*) FROM scheduled_jobs")).ShouldBe(0);
        // they travel in one message
        await worker.UntilDepthAsync("ingest.critical", 1);
    }

    [Fact(Timeout = Patience)]
    public async Task What_follows_a_commit_waits_for_the_disk_with_it_and_not_once_more_for_the_removal_of_its_row()
    {
        await using var process = await TestProcess.PublisherAsync(Servers);
        await using (var watch = process.Database.CreateCommand(
            """
            CREATE TABLE removals (waits text);
            CREATE FUNCTION note_removal() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN INSERT INTO removals VALUES (current_setting('synchronous_commit')); RETURN OLD; END $$;
            CREATE TRIGGER note_removal BEFORE DELETE ON scheduled_jobs FOR EACH ROW EXECUTE FUNCTION note_removal();
            """))
            await watch.ExecuteNonQueryAsync();
        try
        {
            var jobs = Many(1);
            await StageAsync(process, jobs, commit: true);

            await process.Get<JobOutbox>().FlushAsync(jobs, CancellationToken.None);

            (await process.CountAsync("SELECT count(*) FROM removals WHERE waits = 'off'")).ShouldBe(1);
            (await process.CountAsync("SELECT count(*) FROM pg_settings WHERE name = 'synchronous_commit' AND setting = 'on'")).ShouldBe(1);
        }
        finally
        {
            await using var unwatch = process.Database.CreateCommand("DROP TABLE removals; DROP FUNCTION note_removal CASCADE");
            await unwatch.ExecuteNonQueryAsync();
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_job_whose_process_died_before_the_flush_is_published_by_the_scheduler()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var jobs = Many(1);

        await StageAsync(worker, jobs, commit: true);

        await Script.SeeAllAsync(jobs.Select(job => job.Job.Id));
    }

    [Fact(Timeout = Patience)]
    public async Task Many_jobs_of_a_queue_are_one_row_and_each_is_published()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var (left, flushed) = (Many(50), Many(50));

        await StageAsync(worker, flushed, commit: true);
        (await worker.CountAsync("SELECT count(*) FROM scheduled_jobs WHERE state = 'staged'")).ShouldBe(1);
        await worker.Get<JobOutbox>().FlushAsync(flushed, CancellationToken.None);
        (await worker.CountAsync("SELECT count(*) FROM scheduled_jobs")).ShouldBe(0);
        // as of a process that died before its flush
        await StageAsync(worker, left, commit: true);

        await Script.SeeAllAsync(flushed.Concat(left).Select(job => job.Job.Id));
        await worker.UntilCountAsync("SELECT count(*) FROM scheduled_jobs", 0);
    }

    [Fact(Timeout = Patience)]
    public async Task What_was_rolled_back_was_never_there()
    {
        await using var process = await TestProcess.PublisherAsync(Servers);

        await StageAsync(process, Many(1), commit: false);

        (await process.CountAsync("SELECT count(*) FROM scheduled_jobs")).ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task A_job_that_has_failed_before_the_flush_ended_keeps_its_next_attempt()
    {
        Script.Answer = _ => JobOutcome.Retry("no", TimeSpan.FromHours(1));
        var worker = await TestProcess.WorkerAsync(Servers, Script);
        var jobs = Many(1);
        await StageAsync(worker, jobs, commit: true);
        await worker.Publisher.PublishAsync(jobs, CancellationToken.None);
        await Script.NextAsync();
        await worker.UntilCountAsync("SELECT count(*) FROM scheduled_jobs WHERE state = 'retrying'", 1);

        // its publishing is the second one; only its removal of the row is of interest here
        await worker.Get<JobOutbox>().FlushAsync(jobs, CancellationToken.None);

        (await worker.CountAsync("SELECT count(*) FROM scheduled_jobs WHERE state = 'retrying'")).ShouldBe(1);
        await worker.DisposeAsync();
    }

    private static async Task StageAsync(TestProcess process, OutgoingJob[] jobs, bool commit)
    {
        await using var connection = await process.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await process.Get<JobOutbox>().StageAsync(connection, transaction, jobs, CancellationToken.None);
        if (commit)
            await transaction.CommitAsync();
    }
}
