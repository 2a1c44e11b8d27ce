using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class ScheduleTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task A_delayed_job_waits_for_its_time()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var due = TimeProvider.System.GetUtcNow().AddMilliseconds(400);

        await ScheduleAsync(worker, [new(TestJob.Named("later"))], due);

        var delivery = await Script.NextAsync();
        TimeProvider.System.GetUtcNow().ShouldBeGreaterThanOrEqualTo(due);
        delivery.EnqueuedAt.ShouldBe(due, TimeSpan.FromMilliseconds(2));
    }

    [Fact(Timeout = Patience)]
    public async Task A_cancelled_job_never_runs()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var due = TimeProvider.System.GetUtcNow().AddHours(1);
        var (cancelled, kept) = (TestJob.Named("cancelled"), TestJob.Named("kept"));
        await ScheduleAsync(worker, [new(cancelled), new(kept)], due);

        (await worker.Get<ScheduledJobs>().CancelAsync(cancelled.Id, CancellationToken.None)).ShouldBeTrue();
        (await worker.Get<ScheduledJobs>().CancelAsync(cancelled.Id, CancellationToken.None)).ShouldBeFalse();

        await worker.ExecuteAsync("UPDATE scheduled_jobs SET due_at = now()");
        (await Script.NextAsync()).Job.ShouldBe(kept);
        await worker.UntilCountAsync("SELECT count(*) FROM scheduled_jobs", 0);
        Script.TryNext(out _).ShouldBeFalse();
    }

    [Fact(Timeout = Patience)]
    public async Task Several_schedulers_publish_what_is_due_exactly_once()
    {
        await using var one = await TestProcess.WorkerAsync(Servers, Script);
        await using var two = await TestProcess.WorkerAsync(Servers, Script);
        var jobs = Many(2000);

        await ScheduleAsync(one, jobs, TimeProvider.System.GetUtcNow());

        await Script.SeeAllAsync(jobs.Select(job => job.Job.Id));
        await one.UntilCountAsync("SELECT count(*) FROM scheduled_jobs", 0);
        Script.TryNext(out _).ShouldBeFalse();
    }

    [Fact(Timeout = Patience)]
    public async Task A_recurring_job_has_one_run_each_time_however_many_schedulers_there_are()
    {
        await using var one = await RecurringAsync();
        await using var two = await RecurringAsync();

        var runs = new[] { await Script.NextAsync(), await Script.NextAsync(), await Script.NextAsync() };

        runs.Select(run => run.Job.Id).Distinct().Count().ShouldBe(3);
        runs.Select(run => run.Job.Text).Distinct().ShouldBe(["tick"]);
        // one run for each time that is due: two would be of the same moment or less than the period apart
        runs.Zip(runs.Skip(1)).ShouldAllBe(pair => pair.Second.EnqueuedAt > pair.First.EnqueuedAt);
        await one.UntilCountAsync("SELECT count(*) FROM scheduled_jobs WHERE due_at > now()", 1);

        Task<TestProcess> RecurringAsync() => TestProcess.StartAsync(Servers, Script, services => services
            .AddJobWorker(JobWorker.Ingest, worker => worker.Handle<TestJob, TestHandler>())
            .AddJobScheduler()
            .AddRecurringJob("every second", TimeSpan.FromSeconds(1), id => new TestJob(id, "tick")));
    }

    [Fact(Timeout = Patience)]
    public async Task Waiting_jobs_are_listed_page_by_page_in_the_order_of_their_time()
    {
        await using var process = await TestProcess.PublisherAsync(Servers);
        var due = TimeProvider.System.GetUtcNow().AddHours(1);
        var jobs = Many(5);
        for (var i = 0; i < jobs.Length; i++)
            await ScheduleAsync(process, [jobs[i]], due.AddMinutes(i));

        var first = await process.Get<ScheduledJobs>().ListAsync("test-job", null, 3, CancellationToken.None);
        var second = await process.Get<ScheduledJobs>().ListAsync(null, (first[^1].DueAt, first[^1].Id), 3, CancellationToken.None);

        first.Count.ShouldBe(3);
        first.Concat(second).Select(item => item.Id).ShouldBe(jobs.Select(job => job.Job.Id));
        (await process.Get<ScheduledJobs>().ListAsync("other", null, 3, CancellationToken.None)).ShouldBeEmpty();
    }

    private static async Task ScheduleAsync(TestProcess process, OutgoingJob[] jobs, DateTimeOffset due)
    {
        await using var connection = await process.Database.OpenConnectionAsync();
        await process.Get<ScheduledJobs>().InsertAsync(connection, null, jobs, due, CancellationToken.None);
    }
}
