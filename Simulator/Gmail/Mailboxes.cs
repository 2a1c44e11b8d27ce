using System.Collections.Concurrent;

namespace Switchboard.Simulator.Gmail;

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
