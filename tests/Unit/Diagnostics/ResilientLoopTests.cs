using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Tests.Unit.Diagnostics;

public sealed class ResilientLoopTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _log = new();

    [Fact(Timeout = 120_000)]
    public async Task It_survives_whatever_a_step_throws_and_says_so_once_an_outage()
    {
        using var loop = new Loop(_time, _log, failures: 5);

        await loop.StartAsync(CancellationToken.None);
        for (var step = 1; step <= 7; step++)
        {
            // the wait after a step begins at some moment after it
            while (!await loop.StepAsync())
                _time.Advance(ResilientLoop.LongestWait);
        }

        await loop.StopAsync(CancellationToken.None);

        loop.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
        loop.Finished.ShouldBe(1);
        _log.Collector.GetSnapshot().Where(line => line.Level >= LogLevel.Information).Select(line => (line.Level, line.Message)).ShouldBe(
        [
            (LogLevel.Error, "Loop failed and is tried again until it succeeds"),
            (LogLevel.Information, "Loop succeeded again after 5 failures"),
            (LogLevel.Warning, "Loop could not do its last step before the process stops"),
        ]);
    }

    [Fact]
    public void The_waits_double_up_to_a_bound_and_are_spread_over_their_upper_half()
    {
        ResilientLoop.WaitAfter(1, 1).ShouldBe(ResilientLoop.FirstWait);
        ResilientLoop.WaitAfter(1, 0).ShouldBe(ResilientLoop.FirstWait / 2);
        ResilientLoop.WaitAfter(3, 1).ShouldBe(ResilientLoop.FirstWait * 4);
        ResilientLoop.WaitAfter(1_000_000, 1).ShouldBe(ResilientLoop.LongestWait);
    }

    [Fact]
    public void Whatever_a_process_does_in_the_background_is_such_a_loop()
    {
        // they hold others until the process ends, or end it where it must not run
        string[] waiting = ["DemoKey", "JobPublisherHost", "JobWorkerHost", nameof(ResilientLoop)];

        new[] { "Switchboard.Core", "Switchboard.Edge.Api", "Switchboard.Workers.Ingest", "Switchboard.Workers.Dispatch", "Switchboard.Analytics.Worker" }
            .SelectMany(assembly => Assembly.Load(assembly).GetTypes())
            .Where(type => type.BaseType == typeof(BackgroundService)).Select(type => type.Name).ShouldBe(waiting, ignoreOrder: true);
    }

    private sealed class Loop(TimeProvider timeProvider, ILogger logger, int failures) : ResilientLoop(timeProvider, logger)
    {
        private readonly SemaphoreSlim _steps = new(0);
        private int _failures = failures;

        public int Finished { get; private set; }

        public Task<bool> StepAsync() => _steps.WaitAsync(TimeSpan.FromMilliseconds(10));

        public override void Dispose()
        {
            _steps.Dispose();
            base.Dispose();
        }

        protected override Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
        {
            _steps.Release();
            return _failures-- > 0 ? throw new NotSupportedException("of no dependency") : Task.FromResult(TimeSpan.FromSeconds(1));
        }

        protected override Task FinishAsync()
        {
            Finished++;
            throw new InvalidOperationException("too late");
        }
    }
}
