using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// The limits by address of the sender, which hold before anything is known of a request. Each process counts for itself: what is refused
/// here must cost neither Redis nor Postgres anything.
/// </summary>
internal sealed class AddressLimits(IOptions<RateLimitOptions> options, TimeProvider timeProvider)
{
    /// <summary>All requests, before it is asked whose key they carry.</summary>
    public AddressBudgets Requests { get; } = Budgets("addresses", options.Value.Addresses, options, timeProvider);

    /// <summary>Requests that were refused: with no key, without a right signature, unreadable; and all with an unknown key.</summary>
    public AddressBudgets Refusals { get; } = Budgets("refused", options.Value.Refused, options, timeProvider);

    /// <summary>Webhooks that a provider calls.</summary>
    public AddressBudgets Webhooks { get; } = Budgets("webhooks", options.Value.Webhooks, options, timeProvider);

    /// <summary>Whatever else needs no key.</summary>
    public AddressBudgets Open { get; } = Budgets("open", options.Value.Open, options, timeProvider);

    private static AddressBudgets Budgets(
        string name, RateLimitOptions.Policy policy, IOptions<RateLimitOptions> options, TimeProvider timeProvider) =>
        new(RateLimitPolicy.From(name, policy), options.Value.MaxAddresses, timeProvider);
}

/// <summary>Who sends, as far as an address tells: an address of IPv4, or the /64 of one of IPv6, which one sender has as a
/// whole.</summary>
internal readonly record struct ClientNetwork(bool IsVersion6, ulong Bits)
{
    /// <summary>The network of an address; all that have none are one.</summary>
    public static ClientNetwork Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out var length))
            return default;
        if (length == 4)
            return new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
        return address.IsIPv4MappedToIPv6
            ? new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : new(true, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}

/// <summary>
/// What each network has left of one policy, by the generic cell rate algorithm: one time a network says when it will have all again. What
/// has all again is as if it were not there, and is dropped; above the cap newcomers share one budget, so that neither memory nor the time
/// of a sweep grows with the number of addresses that are tried.
/// </summary>
internal sealed class AddressBudgets(RateLimitPolicy policy, int cap, TimeProvider timeProvider)
{
    private static readonly long SweepTicks = TimeSpan.FromSeconds(10).Ticks;

    private readonly ConcurrentDictionary<ClientNetwork, Budget> _budgets = new();
    private readonly Budget _newcomers = new();
    private readonly long _window = policy.Limit.Window.Ticks;
    private readonly long _perPermit = Math.Max(1, policy.Limit.Window.Ticks / policy.Limit.Permits);
    private long _sweepAt;
    private int _count;

    /// <summary>How it is announced.</summary>
    public RateLimitPolicy Policy { get; } = policy;

    /// <summary>How many networks are remembered.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes one permit; or more, as a debt, if there is one.</summary>
    public RequestPermit Take(ClientNetwork network, int permits = 1)
    {
        var now = Now();
        var budget = Find(network, now);
        lock (budget)
        {
            var from = Math.Max(budget.FullAt, now);
            if (from + _perPermit - now > _window)
                return Refused(from, now);
            budget.FullAt = Math.Min(from + permits * _perPermit, now + 2 * _window);
            return Allowed(budget.FullAt, now);
        }
    }

    /// <summary>Whether there is a permit.</summary>
    public RequestPermit Look(ClientNetwork network)
    {
        var now = Now();
        var from = _budgets.TryGetValue(network, out var budget) ? Math.Max(Volatile.Read(ref budget.FullAt), now)
            : Count >= cap ? Math.Max(Volatile.Read(ref _newcomers.FullAt), now)
            : now;
        return from + _perPermit - now > _window ? Refused(from, now) : Allowed(from, now);
    }

    private RequestPermit Allowed(long fullAt, long now) =>
        new(true, (int)Math.Max(0, (_window - (fullAt - now)) / _perPermit), TimeSpan.FromTicks(fullAt - now), TimeSpan.Zero);

    private RequestPermit Refused(long fullAt, long now) =>
        new(false, 0, TimeSpan.FromTicks(fullAt - now), TimeSpan.FromTicks(fullAt + _perPermit - now - _window));

    private long Now() => timeProvider.GetElapsedTime(0).Ticks;

    private Budget Find(ClientNetwork network, long now)
    {
        if (_budgets.TryGetValue(network, out var known))
            return known;
        Sweep(now);
        if (Count >= cap)
            return _newcomers;
        var added = new Budget();
        if (!_budgets.TryAdd(network, added))
            return _budgets.GetValueOrDefault(network, added);
        Interlocked.Increment(ref _count);
        return added;
    }

    // one budget that is dropped between its lookup and its lock forgets one request
    private void Sweep(long now)
    {
        var due = Interlocked.Read(ref _sweepAt);
        if (now < due || Interlocked.CompareExchange(ref _sweepAt, now + SweepTicks, due) != due)
            return;
        foreach (var (network, budget) in _budgets)
        {
            if (Volatile.Read(ref budget.FullAt) <= now && _budgets.TryRemove(network, out _))
                Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Budget
    {
        public long FullAt;
    }
}
