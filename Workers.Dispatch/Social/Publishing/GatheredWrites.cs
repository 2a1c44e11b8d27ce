using Switchboard.Core.Diagnostics;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>
/// Writes what many want written: while one statement is under way, what comes meanwhile gathers for the next. While the database is away
/// they are held and written when it is back. Each must be a write that may be done twice: an answer may have been lost.
/// </summary>
/// <param name="write">Writes some of them, all or none, and answers each in their order.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="stopping">Ends the holding: what is not written then is not.</param>
internal sealed partial class GatheredWrites<T, TResult>(
    Func<IReadOnlyList<T>, Task<IReadOnlyList<TResult>>> write, TimeProvider timeProvider, ILogger logger, CancellationToken stopping)
{
    private const int MostTogether = 500;
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private bool _isWriting;

    /// <summary>Writes one, with others, and answers what came of it.</summary>
    public Task<TResult> WriteAsync(T item)
    {
        var waiting = new Waiting(item);
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (!_isWriting)
            {
                _isWriting = true;
                // not within the trace of whoever comes first
                ThreadPool.UnsafeQueueUserWorkItem(static writes => _ = writes.WriteAllAsync(), this, preferLocal: false);
            }
        }

        return waiting.Answer.Task;
    }

    private async Task WriteAllAsync()
    {
        while (Take() is { Count: > 0 } together)
            await WriteTogetherAsync(together);
    }

    private List<Waiting> Take()
    {
        lock (_gate)
        {
            var together = new List<Waiting>(Math.Min(_waiting.Count, MostTogether));
            while (together.Count < MostTogether && _waiting.TryDequeue(out var waiting))
                together.Add(waiting);
            _isWriting = together.Count > 0;
            return together;
        }
    }

    private async Task WriteTogetherAsync(List<Waiting> together)
    {
        try
        {
            var results = await WriteHeldAsync([.. together.Select(one => one.Item)]);
            foreach (var (one, result) in together.Zip(results))
                one.Answer.SetResult(result);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            foreach (var one in together)
                one.Answer.TrySetCanceled(stopping);
        }
#pragma warning disable CA1031 // whatever it is, those who wait are told
        catch (Exception reason)
#pragma warning restore CA1031
        {
            if (together.Count == 1)
            {
                together[0].Answer.TrySetException(reason);
                return;
            }

            // one of them cannot be written; the others can
            foreach (var one in together)
                await WriteTogetherAsync([one]);
        }
    }

    private async Task<IReadOnlyList<TResult>> WriteHeldAsync(IReadOnlyList<T> items)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await write(items);
            }
            catch (Exception reason) when (DatabaseFailure.IsUnavailable(reason))
            {
                Log.Held(logger, failures == 0 ? LogLevel.Warning : LogLevel.Debug, items.Count, reason);
                await Task.Delay(Hold, timeProvider, stopping);
            }
        }
    }

    private sealed record Waiting(T Item)
    {
        public TaskCompletionSource<TResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "{Count} records of posts are held until the database is back: {Reason}")]
        public static partial void Held(ILogger logger, LogLevel level, int count, Redacted reason);
    }
}
