using System.Threading.Channels;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

/// <summary>Says what the handler does, and sees what it gets.</summary>
internal sealed class TestScript
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly Channel<JobDelivery<TestJob>> _seen = Channel.CreateUnbounded<JobDelivery<TestJob>>();

    /// <summary>What becomes of each job.</summary>
    public Func<JobDelivery<TestJob>, JobOutcome> Answer { get; set; } = _ => JobOutcome.Done;

    /// <summary>What is done for a batch before its jobs are answered.</summary>
    public Func<IReadOnlyList<JobDelivery<TestJob>>, CancellationToken, Task> Work { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The next job that a handler was given.</summary>
    public async Task<JobDelivery<TestJob>> NextAsync() => await _seen.Reader.ReadAsync().AsTask().WaitAsync(_patience);

    /// <summary>Reads until each of these was seen at least once.</summary>
    public async Task SeeAllAsync(IEnumerable<Guid> ids)
    {
        var missing = ids.ToHashSet();
        while (missing.Count > 0)
            missing.Remove((await NextAsync()).Job.Id);
    }

    public bool TryNext(out JobDelivery<TestJob>? next) => _seen.Reader.TryRead(out next);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<TestJob>> batch, CancellationToken cancellationToken)
    {
        await Work(batch, cancellationToken);
        foreach (var delivery in batch)
            _seen.Writer.TryWrite(delivery);
        return [.. batch.Select(Answer)];
    }
}
