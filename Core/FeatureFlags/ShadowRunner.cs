using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// Runs optimised paths beside the plain ones and compares their answers. A shadow is a separate task: it neither delays the call nor
/// fails it, and may outlive it. The number that runs at the same time is bounded; above it calls go without, so that load cannot double.
/// </summary>
internal sealed partial class ShadowRunner(
    RolloutOptions options, TimeProvider timeProvider, RolloutMetrics metrics, IHostApplicationLifetime? lifetime, ILogger logger)
{
    private const int LongestSummary = 200;

    private readonly Dictionary<string, Counter> _counters = Feature.All.ToDictionary(feature => feature.Flag, _ => new Counter());
    private int _running;

    /// <summary>What they showed.</summary>
    public ShadowCounts Read(string flag)
    {
        var counter = _counters[flag];
        lock (counter)
            return new(counter.Same, counter.Different, counter.Failed, counter.Skipped);
    }

    /// <summary>Runs the plain path, and the optimised one beside it if there is room.</summary>
    public async Task<T> RunAsync<T>(
        string flag,
        Guid? accountId,
        Func<CancellationToken, Task<T>> optimised,
        Func<CancellationToken, Task<T>> plain,
        Func<T, T, string?> difference,
        CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _running) > options.ConcurrentShadows)
        {
            Interlocked.Decrement(ref _running);
            Count(flag, "skipped", counter => counter.Skipped++);
            return await plain(cancellationToken);
        }

        // null: the plain path failed, and there is nothing to compare with
        var answer = new TaskCompletionSource<Box<T>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Task.Run(() => CompareAsync(flag, accountId, optimised, answer.Task, difference), CancellationToken.None);
        try
        {
            var plainAnswer = await plain(cancellationToken);
            answer.SetResult(new(plainAnswer));
            return plainAnswer;
        }
        finally
        {
            answer.TrySetResult(null);
        }
    }

    private async Task CompareAsync<T>(
        string flag, Guid? accountId, Func<CancellationToken, Task<T>> optimised, Task<Box<T>?> plain, Func<T, T, string?> difference)
    {
        string? differs = null;
        Box<T>? answer;
        try
        {
            try
            {
                using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(options.ShadowTimeoutSeconds), timeProvider);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(
                    tooLong.Token, lifetime?.ApplicationStopping ?? CancellationToken.None);
                var shadow = await optimised(over.Token).WaitAsync(over.Token);
                answer = await plain;
                if (answer is not null)
                    differs = difference(answer.Value, shadow);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }
        catch (Exception exception)
        {
            if (IsLogDue(flag))
                Log.Failed(logger, flag, accountId, exception);
            Count(flag, "failed", counter => counter.Failed++);
            return;
        }

        if (differs is not null)
            CountDifference(flag, accountId, differs);
        else if (answer is not null)
            Count(flag, "same", counter => counter.Same++);
    }

    private void CountDifference(string flag, Guid? accountId, string difference)
    {
        if (IsLogDue(flag))
            Log.Different(logger, flag, accountId, difference.Length <= LongestSummary ? difference : difference[..LongestSummary]);
        Count(flag, "different", counter => counter.Different++);
    }

    private bool IsLogDue(string flag)
    {
        var counter = _counters[flag];
        lock (counter)
        {
            var now = timeProvider.GetUtcNow();
            if (now < counter.QuietUntil)
                return false;
            counter.QuietUntil = now + TimeSpan.FromSeconds(options.DifferenceLogSeconds);
            return true;
        }
    }

    // The last thing that a shadow does: a reader of the count finds the log line, and a reader of the metric finds the count.
    private void Count(string flag, string result, Action<Counter> count)
    {
        var counter = _counters[flag];
        lock (counter)
            count(counter);
        metrics.Shadow(flag, result);
    }

    private sealed record Box<T>(T Value);

    private sealed class Counter
    {
        public long Same { get; set; }

        public long Different { get; set; }

        public long Failed { get; set; }

        public long Skipped { get; set; }

        public DateTimeOffset QuietUntil { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning,
            Message = "In shadow {Flag} answered otherwise than the plain path for account {AccountId}: {Difference}")]
        public static partial void Different(ILogger logger, string flag, Guid? accountId, Redacted difference);

        [LoggerMessage(Level = LogLevel.Warning, Message = "In shadow {Flag} failed for account {AccountId}; the request was not touched.")]
        public static partial void Failed(ILogger logger, string flag, Guid? accountId, Exception exception);
    }
}
