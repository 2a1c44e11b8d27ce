using System.Collections.Concurrent;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>
/// What is being published in this process. It goes on when its batch does not wait any longer, and is waited for when the process stops: a
/// request that is under way is better answered than read back.
/// </summary>
internal sealed class PublishTasks : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Ends what is under way, when the process has waited long enough for it.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Begins something.</summary>
    public Task<JobOutcome> Start(Func<Task<JobOutcome>> publish)
    {
        var task = Task.Run(publish, CancellationToken.None);
        _running[task] = true;
        task.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        return task;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_running.Keys).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
    }

    public void Dispose() => _stopping.Dispose();
}
