using System.Collections.Concurrent;

namespace Switchboard.Simulator.Google;

/// <summary>The mailboxes, made when they are first named.</summary>
internal sealed class Mailboxes
{
    public const string Demo = "demo@example.com";
    private readonly ConcurrentDictionary<string, Mailbox> _byAddress = new(StringComparer.OrdinalIgnoreCase);
    private readonly HistoryIds _ids;

    public Mailboxes(HistoryIds ids)
    {
        _ids = ids;
        Get(Demo);
    }

    public IEnumerable<Mailbox> All => _byAddress.Values;

    // a Lazy is not needed: a second mailbox made in a race is dropped before anything is in it
    public Mailbox Get(string address) => _byAddress.GetOrAdd(address, key => new Mailbox(key, _ids));
}

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

/// <summary>A mail in a mailbox.</summary>
/// <param name="HistoryId">The history record that added it.</param>
/// <param name="Mail">As it was put in.</param>
/// <param name="ReceivedAt">When.</param>
internal sealed record StoredMail(long HistoryId, NewMail Mail, DateTimeOffset ReceivedAt)
{
    /// <summary>Gmail's ids are 16 hexadecimal digits.</summary>
    public string Id { get; } = HistoryId.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public string ThreadId => Mail.ThreadId ?? Id;
}

/// <summary>
/// Hands out history ids: microseconds of the clock, each larger than the one before. So they are larger in each new run,
/// and an id of a former run is one that nobody knows any more.
/// </summary>
internal sealed class HistoryIds(TimeProvider timeProvider)
{
    private long _last;

    public long Next()
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(last + 1, (timeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }
}
