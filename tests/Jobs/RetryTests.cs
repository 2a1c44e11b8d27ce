using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Tests.Jobs;

public sealed class RetryTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task A_job_that_keeps_failing_is_dead_after_its_last_attempt_with_every_error()
    {
        Script.Answer = delivery => JobOutcome.Retry($"failure {delivery.Attempt}", TimeSpan.Zero);
        var worker = await TestProcess.WorkerAsync(Servers, Script);
        var job = TestJob.Named("doomed");

        await worker.Publisher.PublishAsync(job, CancellationToken.None);

        var attempts = new[] { await Script.NextAsync(), await Script.NextAsync(), await Script.NextAsync() };
        attempts.Select(delivery => delivery.Attempt).ShouldBe([1, 2, 3]);
        attempts.Select(delivery => delivery.IsLastAttempt).ShouldBe([false, false, true]);
        attempts.Select(delivery => delivery.EnqueuedAt).Distinct().Count().ShouldBe(1);
        await worker.StopAsync();
        var dead = (await worker.Get<DeadJobs>().ListAsync(new(), null, 10, CancellationToken.None)).Single();
        dead.Id.ShouldBe(job.Id);
        dead.Attempts.ShouldBe(3);
        dead.Queue.ShouldBe("ingest.critical");
        dead.IdempotencyKey.ShouldBe(job.IdempotencyKey);
        dead.Error.ShouldBe("failure 3");
        dead.Errors.Select(error => (error.Attempt, error.Error)).ShouldBe([(1, "failure 1"), (2, "failure 2"), (3, "failure 3")]);
        (await worker.CountAsync("SELECT count(*) FROM scheduled_jobs")).ShouldBe(0);
        await worker.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_process_that_stops_removes_what_it_has_published_so_that_it_does_not_run_again()
    {
        Script.Answer = delivery => delivery.Attempt == 1 ? JobOutcome.Retry("later", TimeSpan.FromSeconds(1)) : JobOutcome.Done;
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        await worker.Publisher.PublishAsync(TestJob.Named("last"), CancellationToken.None);
        await worker.UntilCountAsync("SELECT count(*) FROM scheduled_jobs", 1);
        await using var connection = await worker.Get<NpgsqlDataSource>().OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var holding = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        // the row can be claimed, and is not removed before this ends
        await holding.Command("LOCK TABLE scheduled_jobs IN SHARE MODE").RunAsync(TestContext.Current.CancellationToken);
        (await Script.NextAsync()).Attempt.ShouldBe(1);
        (await Script.NextAsync()).Attempt.ShouldBe(2);

        var stopping = worker.StopAsync();
        await holding.RollbackAsync(TestContext.Current.CancellationToken);
        await stopping;

        (await worker.CountAsync("SELECT count(*) FROM scheduled_jobs")).ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task An_exception_spoils_only_the_job_that_caused_it()
    {
        Script.Work = (batch, _) => batch.Any(delivery => delivery.Job.Text == "7" && delivery.Attempt == 1)
            ? throw new InvalidOperationException("7 is bad")
            : Task.CompletedTask;
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var jobs = Many(20);

        await worker.Publisher.PublishAsync(jobs, CancellationToken.None);

        var bad = jobs[6].Job.Id;
        await Script.SeeAllAsync(jobs.Select(job => job.Job.Id).Where(id => id != bad));
        await worker.UntilCountAsync("SELECT count(*) FROM scheduled_jobs", 1);
        var waiting = await worker.Get<ScheduledJobs>().ListAsync(null, null, 10, CancellationToken.None);
        waiting.Single().Id.ShouldBe(bad);
        waiting[0].State.ShouldBe("retrying");
        waiting[0].Errors.Single().Error.ShouldBe("InvalidOperationException: 7 is bad");
    }

    [Fact(Timeout = Patience)]
    public async Task A_postponed_job_comes_again_as_the_same_attempt()
    {
        var first = true;
        Script.Answer = _ => Interlocked.Exchange(ref first, false) ? JobOutcome.Snooze(TimeSpan.FromMilliseconds(50), "limit") : JobOutcome.Done;
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);

        await worker.Publisher.PublishAsync(TestJob.Named("later"), CancellationToken.None);

        (await Script.NextAsync()).Attempt.ShouldBe(1);
        (await Script.NextAsync()).Attempt.ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task Errors_and_bodies_that_no_database_likes_are_kept_all_the_same()
    {
        Script.Answer = delivery => delivery.Attempt == 1
            ? JobOutcome.Retry("NUL \0 and half a pair \ud83d", TimeSpan.Zero)
            : JobOutcome.Dead("enough");
        var worker = await TestProcess.WorkerAsync(Servers, Script);
        var job = TestJob.Named("NUL \0 in the body");

        await worker.Publisher.PublishAsync(job, CancellationToken.None);

        (await Script.NextAsync()).Job.ShouldBe(job);
        (await Script.NextAsync()).Job.ShouldBe(job);
        await worker.StopAsync();
        var dead = (await worker.Get<DeadJobs>().ListAsync(new(), null, 10, CancellationToken.None)).Single();
        dead.Errors.Select(error => error.Error).ShouldBe(["NUL \ufffd and half a pair \ufffd", "enough"]);
        await worker.DisposeAsync();
    }
}
