using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class ReplayTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task A_replayed_job_runs_again_from_its_first_attempt_and_knows_it()
    {
        Script.Answer = delivery => delivery.IsReplay ? JobOutcome.Done : JobOutcome.Dead("not today");
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var job = TestJob.Named("again");
        await worker.Publisher.PublishAsync(job, CancellationToken.None);
        await Script.NextAsync();
        await DeadAsync(worker, 1);

        (await worker.Get<DeadJobs>().ReplayAsync(job.Id, CancellationToken.None)).ShouldBe(new(1, 0));

        var replay = await Script.NextAsync();
        replay.Job.ShouldBe(job);
        replay.IsReplay.ShouldBeTrue();
        replay.Attempt.ShouldBe(1);
        (await worker.CountAsync("SELECT count(*) FROM dead_jobs")).ShouldBe(0);
        (await worker.Get<DeadJobs>().ReplayAsync(job.Id, CancellationToken.None)).ShouldBeNull();
    }

    [Fact(Timeout = Patience)]
    public async Task Many_are_replayed_by_what_they_have_in_common()
    {
        Script.Answer = delivery => delivery.IsReplay
            ? JobOutcome.Done
            : JobOutcome.Dead(int.Parse(delivery.Job.Text, null) % 2 == 0 ? "Number is EVEN" : "number is odd");
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var jobs = Many(10);
        await worker.Publisher.PublishAsync(jobs, CancellationToken.None);
        await DeadAsync(worker, 10);
        await Script.SeeAllAsync(jobs.Select(job => job.Job.Id));

        var dead = worker.Get<DeadJobs>();
        (await dead.ReplayManyAsync(new(Type: "other"), 100, CancellationToken.None)).ShouldBe(new(0, 0));
        (await dead.ReplayManyAsync(new(Until: DateTimeOffset.UnixEpoch), 100, CancellationToken.None)).ShouldBe(new(0, 0));
        (await dead.ReplayManyAsync(new("test-job", DateTimeOffset.UnixEpoch, null, "even"), 3, CancellationToken.None)).ShouldBe(new(3, 0));
        (await dead.ReplayManyAsync(new(ErrorContains: "even"), 100, CancellationToken.None)).ShouldBe(new(2, 0));

        var replayed = new HashSet<string>();
        for (var i = 0; i < 5; i++)
            replayed.Add((await Script.NextAsync()).Job.Text);
        replayed.ShouldBe(["2", "4", "6", "8", "10"], ignoreOrder: true);
        (await dead.ListAsync(new(), null, 100, CancellationToken.None)).Count.ShouldBe(5);
    }

    [Fact(Timeout = Patience)]
    public async Task Dead_jobs_are_listed_latest_first_and_can_be_deleted()
    {
        Script.Answer = _ => JobOutcome.Dead("no");
        await using var worker = await TestProcess.WorkerAsync(Servers, Script, maxBatch: 1, concurrentBatches: 1);
        var jobs = Many(5);
        await worker.Publisher.PublishAsync(jobs, CancellationToken.None);
        await DeadAsync(worker, 5);
        var dead = worker.Get<DeadJobs>();

        var first = await dead.ListAsync(new(), null, 2, CancellationToken.None);
        var rest = await dead.ListAsync(new("test-job"), (first[^1].DiedAt, first[^1].Id), 10, CancellationToken.None);

        first.Count.ShouldBe(2);
        first.Concat(rest).Select(job => job.Id).ShouldBe(jobs.Select(job => job.Job.Id).Reverse());
        (await dead.DeleteAsync(first[0].Id, CancellationToken.None)).ShouldBeTrue();
        (await dead.DeleteAsync(first[0].Id, CancellationToken.None)).ShouldBeFalse();
    }

    private static Task DeadAsync(TestProcess process, int count) => process.UntilCountAsync("SELECT count(*) FROM dead_jobs", count);
}
