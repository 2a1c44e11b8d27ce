using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Control;

/// <summary>A message that a provider has answered for.</summary>
internal interface IStoredMessage
{
    /// <summary>Its place in the order: the microsecond since 1970 when it was taken, or the next free one.</summary>
    long Sequence { get; }

    /// <summary>The provider's id of it.</summary>
    string Id { get; }
}

/// <summary>The messages that a provider has taken, in their order; the oldest go when there are too many.</summary>
internal sealed class MessageStore<T>(IOptions<SimulatorOptions> options, TimeProvider timeProvider)
    where T : class, IStoredMessage
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
            _lastSequence = Math.Max(_lastSequence + 1,
                (timeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
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

/// <summary>Where a list goes on: <c>since</c> is the <c>nextCursor</c> of a page, or a time.</summary>
internal static class Since
{
    public const int DefaultLimit = 100;
    public const int MostLimit = 10_000;
    public const string Error = "Use the nextCursor of a page, or a time: 2026-01-31T12:00:00Z.";

    public static string LimitError { get; } = $"Use 1 to {MostLimit}.";

    /// <param name="since">What was asked for.</param>
    /// <param name="after">The place after which to look; null for the end of the list.</param>
    public static bool TryParse(string? since, out long? after)
    {
        after = null;
        if (string.IsNullOrEmpty(since))
        {
            return true;
        }

        if (long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
        {
            after = cursor;
            return true;
        }

        if (!DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        after = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return true;
    }

    /// <summary>The page: from a place on, oldest first; without a place the last ones, oldest of them first.</summary>
    /// <returns>What is on it, and the place where the next one begins; null when there is no next one.</returns>
    public static (IReadOnlyList<T> Page, string? Next) Page<T>(MessageStore<T> store, long? after, int limit, Func<T, bool> matches)
        where T : class, IStoredMessage
    {
        var found = store.After(after ?? long.MinValue).Where(matches);
        if (after is null)
        {
            return ([.. found.TakeLast(limit)], null);
        }

        var page = found.Take(limit + 1).ToList();
        return page.Count > limit
            ? (page[..limit], page[limit - 1].Sequence.ToString(CultureInfo.InvariantCulture))
            : (page, null);
    }
}
