namespace Switchboard.Simulator.Gmail;

/// <summary>A mailbox: its mails in the order in which they came, the oldest forgotten over a bound.</summary>
internal sealed class Mailbox(string address, HistoryIds ids)
{
    private const int MostMails = 100_000;
    private readonly Lock _lock = new();
    private readonly List<StoredMail> _mails = [];
    private readonly Dictionary<string, StoredMail> _byId = [];
    private long _oldestHistoryId = ids.Next();
    private long _historyId;

    public string Address => address;

    /// <summary>Until when <c>users.watch</c> asked for pushes; null before the first watch.</summary>
    public DateTimeOffset? WatchedUntil { get; set; }

    /// <summary>Whether <c>users.stop</c> ended the pushes.</summary>
    public bool IsStopped { get; set; }

    public long HistoryId
    {
        get
        {
            lock (_lock)
            {
                return Math.Max(_oldestHistoryId, _historyId);
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _mails.Count;
            }
        }
    }

    public StoredMail Add(NewMail mail, DateTimeOffset now)
    {
        lock (_lock)
        {
            var stored = new StoredMail(ids.Next(), mail, now);
            _mails.Add(stored);
            _byId.Add(stored.Id, stored);
            _historyId = stored.HistoryId;
            if (_mails.Count > MostMails)
            {
                Forget(MostMails / 10);
            }

            return stored;
        }
    }

    public StoredMail? Find(string id)
    {
        lock (_lock)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>What was added after a history id, oldest first; null when that id is not known (any more).</summary>
    public IReadOnlyList<StoredMail>? AddedAfter(long historyId, int most)
    {
        lock (_lock)
        {
            if (historyId < _oldestHistoryId || historyId > Math.Max(_oldestHistoryId, _historyId))
            {
                return null;
            }

            var from = FirstAfter(historyId);
            return _mails.GetRange(from, Math.Min(most, _mails.Count - from));
        }
    }

    /// <summary>The newest mails first, of those that came in before a history id and not before a time.</summary>
    public IReadOnlyList<StoredMail> NewestBefore(long historyId, DateTimeOffset notBefore, int most)
    {
        lock (_lock)
        {
            return [.. _mails.Take(FirstAfter(historyId - 1)).Reverse().TakeWhile(mail => mail.ReceivedAt >= notBefore).Take(most)];
        }
    }

    private int FirstAfter(long historyId)
    {
        var (low, high) = (0, _mails.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _mails[middle].HistoryId > historyId ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private void Forget(int count)
    {
        _oldestHistoryId = _mails[count - 1].HistoryId;
        _mails.Take(count).ToList().ForEach(mail => _byId.Remove(mail.Id));
        _mails.RemoveRange(0, count);
    }
}
