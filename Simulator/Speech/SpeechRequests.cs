namespace Switchboard.Simulator.Speech;

/// <summary>The requests that came last.</summary>
internal sealed class SpeechRequests
{
    private const int Most = 10_000;
    private readonly Lock _lock = new();
    private readonly Queue<SpeechRequest> _requests = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _requests.Count;
            }
        }
    }

    public void Add(SpeechRequest request)
    {
        lock (_lock)
        {
            _requests.Enqueue(request);
            if (_requests.Count > Most)
            {
                _requests.Dequeue();
            }
        }
    }

    /// <summary>The last so many, oldest of them first.</summary>
    public SpeechRequest[] Last(int limit)
    {
        lock (_lock)
        {
            return [.. _requests.Skip(_requests.Count - limit)];
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _requests.Clear();
        }
    }
}
