namespace Switchboard.Simulator.Graph;

/// <summary>The place of a request that was let in; to be disposed of when its answer is written.</summary>
internal sealed class GateEntry(RequestGate gate) : IDisposable
{
    private int _left;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            gate.Leave();
        }
    }
}
