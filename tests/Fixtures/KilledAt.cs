using System.Diagnostics;

namespace Switchboard.Tests.Fixtures;

/// <summary>A run that is killed when it begins its n-th statement.</summary>
internal sealed class KilledAt : IDisposable
{
    private readonly CancellationTokenSource _killed = new();
    private readonly ActivityListener _listener;
    private int _statements;

    public KilledAt(int statement)
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = _ =>
            {
                if (Interlocked.Increment(ref _statements) == statement)
                    _killed.Cancel();
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public CancellationToken Token => _killed.Token;

    public void Dispose()
    {
        _listener.Dispose();
        _killed.Dispose();
    }
}
