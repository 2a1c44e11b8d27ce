using System.Collections.Concurrent;

namespace Switchboard.Core.Redis.Locks;

/// <summary>Who of this process holds which lock. What holds a lock in Redis holds it here too.</summary>
internal sealed class LocalLocks
{
    private readonly ConcurrentDictionary<string, Guid> _owners = new();

    public bool TryTake(string name, Guid owner) => _owners.TryAdd(name, owner);

    public void Release(string name, Guid owner) => _owners.TryRemove(new KeyValuePair<string, Guid>(name, owner));
}
