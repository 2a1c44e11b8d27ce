using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

/// <summary>How much waits in a queue and for how long, over all that takes from it and whoever stops.</summary>
public sealed class LagTests(Servers servers) : JobTest(servers)
{
    private const string Queue = "ingest.high";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    [Fact(Timeout = Patience)]
    public async Task What_nobody_takes_grows_older_and_what_is_taken_is_gone()
    {
        await using var edge = await EdgeAsync();
        (await ReadAsync(edge)).ShouldBe(new QueueState(0, 0, TimeSpan.Zero));

        _time.Advance(TimeSpan.FromHours(1));
        (await ReadAsync(edge)).OldestAge.ShouldBe(TimeSpan.Zero);
        await PublishAsync(edge, 2);
        _time.Advance(TimeSpan.FromSeconds(90));
        (await ReadAsync(edge)).ShouldBe(new QueueState(2, 0, TimeSpan.FromSeconds(90)), "it was seen empty right before");

        await using (var worker = await WorkerAsync(prefetch: 10))
        {
            await UntilAsync(edge, queue => queue.Depth == 0 && queue.Consumers == 1);
            await Script.NextAsync();
            await Script.NextAsync();
        }

        (await ReadAsync(edge)).ShouldBe(new QueueState(0, 0, TimeSpan.Zero));
    }

    [Fact(Timeout = Patience)]
    public async Task What_waits_behind_a_busy_worker_is_no_older_than_what_that_took_last_also_when_it_has_stopped()
    {
        var gate = new SemaphoreSlim(1);
        Script.Work = (_, cancellationToken) => gate.WaitAsync(cancellationToken);
        await using var edge = await EdgeAsync();
        // a queue that was never looked at before is as old as the first look, which may be before the worker has said what it took
        await ReadAsync(edge);
        var published = new List<DateTimeOffset>();
        for (var minute = 0; minute < 3; minute++)
        {
            published.Add(_time.GetUtcNow());
            await PublishAsync(edge, 1);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        // the first is handled, the second taken and not handled, the third waits
        await using (var worker = await WorkerAsync(prefetch: 1))
        {
            await Script.NextAsync();
            // from when the second was published; looking moves the clock on
            await UntilAsync(edge, queue => queue.Depth == 1
                && (queue.OldestAge - (_time.GetUtcNow() - published[1]))?.Duration() < TimeSpan.FromSeconds(30));
            gate.Release(10);
        }

        await PublishAsync(edge, 1);
        _time.Advance(TimeSpan.FromMinutes(10));
        await using var another = await EdgeAsync();
        (await ReadAsync(another)).OldestAge!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(10), "a process that has just started knows it too");
    }

    [Fact(Timeout = Patience)]
    public async Task It_is_in_the_metrics_and_in_the_stats_of_the_jobs()
    {
        await using var edge = await EdgeAsync(services => services.AddQueueLag());
        using var depth = new MetricCollector<long>(edge.Get<IMeterFactory>(), "Switchboard.Jobs", "switchboard.queue.depth");
        using var age = new MetricCollector<double>(edge.Get<IMeterFactory>(), "Switchboard.Jobs", "switchboard.queue.oldest.age");
        await UntilMeasuredAsync(depth, 0);
        await PublishAsync(edge, 3);

        await UntilMeasuredAsync(depth, 3);
        age.RecordObservableInstruments();
        age.LastMeasurement!.Tags.ShouldContainKey("job.lane");
        age.GetMeasurementSnapshot().Last(one => Equals(one.Tags["job.lane"], Queue)).Value.ShouldBeGreaterThan(0);

        var stats = (await edge.Get<JobStats>().GetAsync(CancellationToken.None)).First(type => type.Queue == Queue);
        stats.Ready.ShouldBe(3);
        stats.OldestAgeSeconds.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    private Task<TestProcess> EdgeAsync(Action<IServiceCollection>? configure = null) => TestProcess.StartAsync(Servers, null, services =>
    {
        services.AddSingleton<TimeProvider>(_time).AddJobPublishing();
        configure?.Invoke(services);
    });

    private Task<TestProcess> WorkerAsync(ushort prefetch) => TestProcess.StartAsync(Servers, Script, services => services
        .AddSingleton<TimeProvider>(_time)
        .AddJobWorker(JobWorker.Ingest, worker => worker.Handle<TestJob, TestHandler>(1, 1))
        .PostConfigure<JobOptions>(options => (options.PrefetchPerQueue, options.BatchWindowMs) = (prefetch, 0)));

    // one after the other, so that each is a message by itself
    private static async Task PublishAsync(TestProcess process, int messages)
    {
        foreach (var job in Many(messages, JobPriority.High))
            await process.Publisher.PublishAsync([job], CancellationToken.None);
    }

    private static async Task<QueueState> ReadAsync(TestProcess process) =>
        (await process.Get<QueueStates>().MeasureAsync([Queue], CancellationToken.None))![Queue];

    // the workers' flush goes by this clock
    private Task UntilAsync(TestProcess process, Func<QueueState, bool> isMet) => Eventually.TrueAsync(async () =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(50));
        return isMet(await ReadAsync(process));
    });

    private Task UntilMeasuredAsync(MetricCollector<long> depth, long expected) => Eventually.TrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        depth.RecordObservableInstruments();
        return Task.FromResult(depth.GetMeasurementSnapshot().LastOrDefault(one => Equals(one.Tags["job.lane"], Queue)) is { } last && last.Value == expected);
    });
}
