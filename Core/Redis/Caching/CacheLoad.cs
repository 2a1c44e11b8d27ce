namespace Switchboard.Core.Redis.Caching;

/// <summary>
/// A write to the cache under way: a load, or a value that was set. An invalidation reaches it too, and then it is not stored.
/// </summary>
/// <param name="key">The entry's key.</param>
/// <param name="tags">The entry's tags.</param>
/// <param name="asOf">When it began, a timestamp.</param>
internal class CacheWrite(string key, string[] tags, long asOf)
{
    private volatile bool _invalidated;

    public string Key { get; } = key;

    public string[] Tags { get; } = tags;

    public long AsOf { get; } = asOf;

    public bool IsInvalidated => _invalidated;

    public virtual void Invalidate() => _invalidated = true;
}

/// <summary>One load that all callers that ask for the key meanwhile wait for. It is cancelled when none waits any more.</summary>
#pragma warning disable CA1001 // the source has neither timer nor handle to dispose of, and may be cancelled by the last who leaves late
internal sealed class CacheLoad<T>(string key, string[] tags, long asOf) : CacheWrite(key, tags, asOf)
#pragma warning restore CA1001
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private bool _closed;

    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Joins the waiting callers; false if it is over, abandoned, or overtaken by an invalidation.</summary>
    public bool TryJoin()
    {
        lock (_lock)
        {
            if (_closed)
                return false;
            _waiting++;
            return true;
        }
    }

    public async Task<T> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _result.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Runs the load, whose result or error is for all waiting callers.</summary>
    public async Task RunAsync(Func<CacheLoad<T>, Task<T>> load)
    {
        try
        {
            _result.TrySetResult(await load(this));
        }
        catch (OperationCanceledException cancelled)
        {
            _result.TrySetCanceled(cancelled.CancellationToken);
        }
#pragma warning disable CA1031 // every error belongs to those who wait
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _result.TrySetException(exception);
            _ = _result.Task.Exception; // if all have left, nobody looks at it
        }
        finally
        {
            Close();
        }
    }

    public override void Invalidate()
    {
        base.Invalidate();
        Close();
    }

    private void Close()
    {
        lock (_lock)
            _closed = true;
    }

    private void Leave()
    {
        bool last;
        lock (_lock)
        {
            last = --_waiting == 0 && !_result.Task.IsCompleted;
            _closed |= last;
        }

        if (last)
            _abandoned.Cancel();
    }
}
