using System.Diagnostics.Metrics;

namespace Switchboard.Core.Redis.Limits;

/// <summary>
/// So many calls at the same time over all processes (Graph: 4 a mailbox), whatever dies. A slot is held for
/// <see cref="LimitOptions.SlotSeconds"/> and renewed while the call lasts; a process that died loses its slots by that time.
/// <para>
/// <b>Never more than the limit.</b> Postgres says who holds how many slots: <c>hold_concurrency_slots</c>, one call of a key after
/// another, lets the sum of what is held never exceed the limit. Redis is such a holder: as long as it answers, processes
/// let it hold what is free, renew that every few seconds, and Redis gives the slots to calls, never beyond the end of
/// its own time. While Redis is away calls hold slots in Postgres themselves, as soon as Redis's time there is over: for at most
/// <see cref="LimitOptions.SlotSeconds"/> nobody gets a slot. A Redis that comes back is another run, and another holder.
/// Without Postgres what Redis holds is used to its end, and then there are no slots.
/// </para>
/// Metric: <c>switchboard.limits.slots</c> of the meter <c>Switchboard.Limits</c>, with <c>layer</c> (redis, postgres, nobody).
/// </summary>
public sealed class ConcurrencyLimiter
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly SlotKeeper _keeper;
    private readonly TimeProvider _time;
    private readonly Counter<long> _slots;

    internal ConcurrencyLimiter(SlotKeeper keeper, TimeProvider time, IMeterFactory meters)
    {
        _keeper = keeper;
        _time = time;
        _slots = meters.Create(LayeredLimitStatistics.MeterName)
            .CreateCounter<long>("switchboard.limits.slots", description: "Asks for a slot of a concurrent call, by who gave it");
    }

    /// <summary>Takes a slot if one is free.</summary>
    /// <param name="key">What is limited: <c>graph:&lt;mailbox&gt;</c>.</param>
    /// <param name="limit">How many calls at the same time.</param>
    /// <param name="cancellation">Ends the try.</param>
    /// <returns>The slot; null if none is free, or if neither Redis nor Postgres gives any.</returns>
    public async Task<ConcurrencySlot?> TryAcquireAsync(string key, int limit, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var slot = await _keeper.TakeAsync(key, limit, cancellation);
        _slots.Add(1, new KeyValuePair<string, object?>("layer", slot?.By switch
        {
            LimitLayer.Redis => "redis",
            LimitLayer.Postgres => "postgres",
            _ => "nobody",
        }));
        return slot is null ? null : new ConcurrencySlot(_keeper, slot, _time);
    }

    /// <summary>Waits for a slot. Who waits asks again after 10 ms, then less and less often, at least four times a second.</summary>
    /// <param name="key">What is limited.</param>
    /// <param name="limit">How many calls at the same time.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<ConcurrencySlot> AcquireAsync(string key, int limit, CancellationToken cancellation)
    {
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            if (await TryAcquireAsync(key, limit, cancellation) is { } slot)
                return slot;
            // not all at the same moment
            await Task.Delay(wait * (0.5 + Random.Shared.NextDouble() / 2), _time, cancellation);
        }
    }
}
