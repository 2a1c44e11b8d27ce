using Npgsql;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class OutageTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task A_broker_killed_under_load_loses_nothing_that_it_took_and_nobody_has_to_restart()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var jobs = Many(3000);
        var half = new TaskCompletionSource();
        var taken = 0;
        var load = Parallel.ForEachAsync(jobs, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (job, _) =>
        {
            await Load.PublishUntilTakenAsync(worker.Publisher, [job]);
            if (Interlocked.Increment(ref taken) == jobs.Length / 2)
                half.SetResult();
        });

        await half.Task;
        await Servers.KillBrokerAsync();
        await Servers.StartBrokerAsync();

        await load;
        await Script.SeeAllAsync(jobs.Select(job => job.Job.Id));
    }

    [Fact(Timeout = Patience)]
    public async Task While_the_database_is_away_jobs_are_held_and_then_go_on()
    {
        await using var setup = NpgsqlDataSource.Create(Servers.Postgres);
        await using (var create = setup.CreateCommand("CREATE TABLE IF NOT EXISTS effects (id uuid PRIMARY KEY); TRUNCATE effects"))
            await create.ExecuteNonQueryAsync();
        Script.Work = async (batch, cancellationToken) =>
        {
            await using var insert = setup.CreateCommand("INSERT INTO effects SELECT unnest($1) ON CONFLICT DO NOTHING");
            insert.Parameters.Add(new() { Value = batch.Select(delivery => delivery.Job.Id).ToArray() });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        };
        // every third one needs the database a second time, for its next attempt
        Script.Answer = delivery => delivery.Attempt == 1 && int.Parse(delivery.Job.Text, null) % 3 == 0
            ? JobOutcome.Retry("once more", TimeSpan.Zero)
            : JobOutcome.Done;
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var jobs = Many(600);

        await worker.Publisher.PublishAsync(jobs[..300], CancellationToken.None);
        await Script.NextAsync();
        await Servers.KillPostgresAsync();
        await worker.Publisher.PublishAsync(jobs[300..], CancellationToken.None);
        await Servers.StartPostgresAsync();

        await worker.UntilCountAsync("SELECT count(*) FROM effects", jobs.Length);

        var second = new HashSet<Guid>();
        while (second.Count < 200)
        {
            if (await Script.NextAsync() is { Attempt: 2 } delivery)
                second.Add(delivery.Job.Id);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_process_that_starts_before_its_broker_works_as_soon_as_that_is_there()
    {
        await Servers.KillBrokerAsync();
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        await Should.ThrowAsync<BrokerUnavailableException>(worker.Publisher.PublishAsync(TestJob.Named("early"), CancellationToken.None));
        var staged = Many(1);
        await using (var connection = await worker.Database.OpenConnectionAsync())
            await worker.Get<JobOutbox>().StageAsync(connection, null, staged, CancellationToken.None);
        await worker.Get<JobOutbox>().FlushAsync(staged, CancellationToken.None);

        await Servers.StartBrokerAsync();

        await Script.SeeAllAsync(staged.Select(job => job.Job.Id));
    }

    [Fact(Timeout = Patience)]
    public async Task While_the_database_only_reads_no_process_ends_and_then_all_goes_on()
    {
        Script.Answer = delivery => delivery.Attempt == 1 ? JobOutcome.Retry("once more", TimeSpan.Zero) : JobOutcome.Done;
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        // each of its statements is known to the connections of the process
        var before = Many(20);
        foreach (var job in before)
            await worker.Publisher.PublishAsync([job], CancellationToken.None);
        await SecondAttemptsAsync(before);
        var jobs = new List<OutgoingJob>();

        await Servers.SetReadOnlyAsync(true);
        try
        {
            // each connection gets to know it at its own time: until both the scheduler and what writes settlements have failed
            await Eventually.TrueAsync(async () =>
            {
                var more = Many(1);
                jobs.AddRange(more);
                await worker.Publisher.PublishAsync(more, CancellationToken.None);
                var log = worker.Log.GetSnapshot();
                return worker.IsStopping || (log.Any(line => line.Message.Contains("JobScheduler failed", StringComparison.Ordinal))
                    && log.Count(line => line.Message.Contains("read-only", StringComparison.Ordinal)) >= 3);
            });
            worker.IsStopping.ShouldBeFalse();
        }
        finally
        {
            await Servers.SetReadOnlyAsync(false);
        }

        await SecondAttemptsAsync(jobs);
        await worker.UntilCountAsync("SELECT count(*) FROM scheduled_jobs", 0);
        worker.IsStopping.ShouldBeFalse();
        (await worker.CountAsync("SELECT count(*) FROM dead_jobs")).ShouldBe(0);
    }

    private async Task SecondAttemptsAsync(IEnumerable<OutgoingJob> jobs)
    {
        var missing = jobs.Select(job => job.Job.Id).ToHashSet();
        while (missing.Count > 0)
        {
            if (await Script.NextAsync() is { Attempt: 2 } delivery)
                missing.Remove(delivery.Job.Id);
        }
    }
}
