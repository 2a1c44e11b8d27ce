using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

/// <summary>A test with the servers to itself, empty at its start.</summary>
[Collection("jobs")]
public abstract class JobTest(Servers servers) : IAsyncLifetime
{
    /// <summary>The longest that a test may take, in milliseconds. One that waits for what never comes is then told from one that hangs.</summary>
    protected const int Patience = 120_000;

    private protected Servers Servers => servers;

    private protected TestScript Script { get; } = new();

    public async ValueTask InitializeAsync() => await servers.CleanAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }

    private protected static OutgoingJob[] Many(int count, JobPriority queue = JobPriority.Critical) =>
        [.. Enumerable.Range(1, count).Select(number => new OutgoingJob(TestJob.Named($"{number}", queue)))];
}
