using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

/// <summary>Rows of <c>scheduled_jobs</c> that this version of the product cannot read: of a newer one, or broken by hand.</summary>
public sealed class UnreadableRowTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task They_are_dead_with_the_reason_and_stop_nobody()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        // a newer version knows more workers than the schema of this one
        await worker.ExecuteAsync("ALTER TABLE scheduled_jobs DROP CONSTRAINT IF EXISTS scheduled_jobs_worker_check");
        await InsertAsync(worker, "of-a-newer-version", "social", "'{}'", "'[]'");
        await InsertAsync(worker, "bad-errors", "ingest", "'{}'", """'{"not": "a list"}'""");
        await InsertAsync(worker, "bad-schedule", "ingest", "'[1]'", "'[]'", "recurring");
        await InsertAsync(worker, new string('x', 300), "ingest", "'{}'", "'[]'");
        var job = TestJob.Named("good");
        await using (var connection = await worker.Database.OpenConnectionAsync())
            await worker.Get<ScheduledJobs>().InsertAsync(connection, null, [new(job)], TimeProvider.System.GetUtcNow(), CancellationToken.None);

        (await Script.NextAsync()).Job.ShouldBe(job);

        await worker.UntilCountAsync("SELECT count(*) FROM scheduled_jobs WHERE state <> 'recurring'", 0);
        worker.IsStopping.ShouldBeFalse();
        var dead = (await worker.Get<DeadJobs>().ListAsync(new(), null, 10, CancellationToken.None));
        dead.Select(one => one.Type).ShouldBe(["of-a-newer-version", "bad-errors", "bad-schedule", new string('x', 300)], ignoreOrder: true);
        dead.ShouldAllBe(one => one.Error.StartsWith("Its row could not be read: "));
        dead.Single(one => one.Type == "of-a-newer-version").Queue.ShouldBe("social.high");
        // a schedule goes on: who can read it may be there next time
        (await worker.CountAsync("SELECT count(*) FROM scheduled_jobs WHERE state = 'recurring' AND due_at > now()")).ShouldBe(1);

        // nobody here could be given them again
        (await worker.Get<DeadJobs>().ReplayManyAsync(new(Type: "of-a-newer-version"), 10, CancellationToken.None)).ShouldBe(new(0, 1));
    }

    [Fact(Timeout = Patience)]
    public async Task The_worker_of_a_type_decides_not_the_one_that_was_written_down()
    {
        await using var process = await TestProcess.StartAsync(Servers, null, services => services.AddJobScheduler());

        await InsertAsync(process, "send-notification", "ingest", "'{}'", "'[]'");

        await process.UntilDepthAsync("dispatch.high", 1);
        (await process.DepthAsync("ingest.high")).ShouldBe(0u);
    }

    private static Task InsertAsync(TestProcess process, string type, string worker, string payload, string errors, string state = "delayed") =>
        process.ExecuteAsync(
            $"""
            INSERT INTO scheduled_jobs
                (id, type, version, worker, priority, payload, idempotency_key, state, errors, due_at, enqueued_at, created_at, repeat_every, name)
            VALUES (gen_random_uuid(), '{type}', 1, '{worker}', 1, {payload}, 'key', '{state}', {errors}, now(), now(), now(),
                {(state == "recurring" ? "interval '1 hour', 'bad schedule'" : "NULL, NULL")})
            """);
}
