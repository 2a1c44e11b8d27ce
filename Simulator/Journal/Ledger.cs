using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Journal;

/// <summary>The messages that a provider has taken, in their order; the oldest go when there are too many.</summary>
internal class Ledger<T>(IOptions<SimulatorOptions> options, TimeProvider time)
    where T : class, IJournalEntry
{
    private readonly int _most = options.Value.MaxMessages;
    private readonly Lock _lock = new();
    private readonly List<T> _messages = [];
    private long _lastSequence;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return Math.Min(_messages.Count, _most);
            }
        }
    }

    /// <summary>Gives a message its place.</summary>
    public T Add(Func<long, T> make)
    {
        lock (_lock)
        {
            _lastSequence = Math.Max(_lastSequence + 1, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            var message = make(_lastSequence);
            Append(message);
            return message;
        }
    }

    /// <summary>Takes in messages of a former run, in their order.</summary>
    public void Restore(IEnumerable<T> messages)
    {
        lock (_lock)
        {
            foreach (var message in messages)
            {
                _lastSequence = Math.Max(_lastSequence, message.Sequence);
                Append(message);
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _messages.Clear();
        }
    }

    public T? Find(string id) => Array.FindLast(After(long.MinValue), message => message.Id == id);

    /// <summary>All after a place, oldest first: a copy, so that nobody who reads holds up who sends.</summary>
    public T[] After(long sequence)
    {
        lock (_lock)
        {
            var all = CollectionsMarshal.AsSpan(_messages);
            var (low, high) = (Math.Max(0, all.Length - _most), all.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = all[middle].Sequence > sequence ? (low, middle) : (middle + 1, high);
            }

            return all[low..].ToArray();
        }
    }

    private void Append(T message)
    {
        _messages.Add(message);

        // a tenth at a time: moving the rest up for each would cost more than the message
        if (_messages.Count > _most + (_most / 10) + 1)
        {
            _messages.RemoveRange(0, _messages.Count - _most);
        }
    }
}
