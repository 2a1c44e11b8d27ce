namespace Switchboard.Core.Redis.Limits;

/// <summary>
/// The permits of one key that this process has, or the refusal that it got. A check is answered from here; only a caller that finds
/// nothing asks the shared layers, and the others wait for that one answer. All times are microseconds of <see cref="LimitClock"/>.
/// </summary>
internal sealed class LocalBudget(RateLimit limit, TimeSpan askAgain) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Block> _blocks = [];
    private readonly List<PermitLease> _unspent = [];
    private int _size = LeasePlan.First(limit);
    private int _refused = int.MaxValue;
    private long _refusedUntil = long.MinValue;
    private long _retryAt;
    private long _usedAt;

    /// <summary>Held by the caller that asks the shared layers.</summary>
    public SemaphoreSlim Asking { get; } = new(1, 1);

    /// <summary>Takes permits from what is here; false if the shared layers must be asked.</summary>
    public bool TryTake(long now, int permits, out LimitCheck check)
    {
        lock (_gate)
        {
            _usedAt = now;
            DropEnded(now);
            if (Spend(now, permits))
            {
                check = new(true, LimitLayer.Local, TimeSpan.Zero);
                return true;
            }

            // a caller that needs fewer than were refused may still get them
            check = new(false, LimitLayer.Local, TimeSpan.FromMicroseconds(_retryAt - now));
            return now < _refusedUntil && permits >= _refused;
        }
    }

    /// <summary>How many to ask for when so many are needed now.</summary>
    public int NextBlock(int permits)
    {
        lock (_gate)
            return Math.Max(permits, _size);
    }

    /// <summary>Takes in what the shared layers answered to a caller that needs so many permits, and serves it first.</summary>
    public LimitCheck Put(LeaseAnswer answer, long now, int permits)
    {
        lock (_gate)
        {
            if (answer.Lease is { } lease && lease.UsableUntil > now)
            {
                _refusedUntil = long.MinValue;
                _blocks.Add(new(lease, now, lease.Permits - permits));
                Settle(_blocks.Count - 1, now);
                return new(true, answer.By, TimeSpan.Zero);
            }

            if (answer.Lease is { } late)
            {
                _unspent.Add(late);
                return new(false, LimitLayer.None, TimeSpan.FromMilliseconds(1));
            }

            _refused = permits;
            _refusedUntil = now + Math.Min(answer.RetryAfter.Micros(), askAgain.Micros());
            _retryAt = now + answer.RetryAfter.Micros();
            return new(false, answer.By, answer.RetryAfter);
        }
    }

    /// <summary>What ended unspent since the last call; with <paramref name="all"/>, what could still be used too.</summary>
    public IReadOnlyList<PermitLease> TakeUnspent(long now, bool all)
    {
        lock (_gate)
        {
            DropEnded(all ? long.MaxValue : now);
            if (_unspent.Count == 0)
                return [];
            PermitLease[] unspent = [.. _unspent];
            _unspent.Clear();
            return unspent;
        }
    }

    /// <summary>Whether nothing is here and there was no request for a while.</summary>
    public bool IsIdle(long now)
    {
        lock (_gate)
        {
            return _blocks.Count == 0 && _unspent.Count == 0 && now >= _refusedUntil && Asking.CurrentCount == 1
                && now - _usedAt > LeasePlan.Life(limit).Micros();
        }
    }

    public void Dispose() => Asking.Dispose();

    private bool Spend(long now, int permits)
    {
        for (var i = 0; i < _blocks.Count; i++)
        {
            if (_blocks[i].Left < permits)
                continue;
            _blocks[i].Left -= permits;
            Settle(i, now);
            return true;
        }

        return false;
    }

    private void Settle(int index, long now)
    {
        var block = _blocks[index];
        if (block.Left > 0)
            return;
        _blocks.RemoveAt(index);
        _size = LeasePlan.Next(limit, _size, block.Lease.Permits, 0, TimeSpan.FromMicroseconds(now - block.Since));
    }

    private void DropEnded(long now)
    {
        for (var i = _blocks.Count - 1; i >= 0; i--)
        {
            var block = _blocks[i];
            if (now < block.Lease.UsableUntil)
                continue;
            _blocks.RemoveAt(i);
            _unspent.Add(block.Lease with { Permits = block.Left });
            _size = LeasePlan.Next(limit, _size, block.Lease.Permits, block.Left, LeasePlan.Use(limit));
        }
    }

    private sealed class Block(PermitLease lease, long since, int left)
    {
        public PermitLease Lease { get; } = lease;

        public long Since { get; } = since;

        public int Left { get; set; } = left;
    }
}
