namespace Switchboard.Simulator.Gmail;

/// <summary>Whether a mailbox has something to push, and whether somebody is at it.</summary>
internal sealed class PendingPush(Mailbox mailbox)
{
    private readonly Lock _lock = new();
    private bool _isWanted;
    private bool _isBusy;
    private DateTimeOffset _lastOfferedAt;

    public Mailbox Mailbox => mailbox;

    /// <summary>Asks for a push, unless the last one was asked for less than an interval ago.</summary>
    /// <returns>Whether the caller must see to it that somebody delivers.</returns>
    public bool Offer(DateTimeOffset now, TimeSpan interval)
    {
        lock (_lock)
        {
            if (now - _lastOfferedAt < interval)
            {
                return false;
            }

            (_lastOfferedAt, _isWanted) = (now, true);
            return !_isBusy && (_isBusy = true);
        }
    }

    /// <summary>Takes the wish for a push; without one the deliverer is done.</summary>
    public bool Take()
    {
        lock (_lock)
        {
            _isBusy = _isWanted;
            _isWanted = false;
            return _isBusy;
        }
    }
}
