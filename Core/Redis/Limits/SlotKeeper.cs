using System.Collections.Concurrent;

namespace Switchboard.Core.Redis.Limits;

/// <summary>Takes, renews and releases slots, in Redis for as long as Postgres lets Redis give them on, else in Postgres.</summary>
internal sealed class SlotKeeper(SlotPool pool, RecordedSlots recorded, IOptions<LimitOptions> options, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, bool> _prolonging = new();
    private readonly TimeSpan _life = TimeSpan.FromSeconds(options.Value.SlotSeconds);

    /// <summary>How often a slot is renewed.</summary>
    public TimeSpan RenewEvery => _life / 4;

    // an eighth is for clocks that differ
    private long Use => _life.Micros() * 7 / 8;

    private long LeastUse => Use / 2;

    /// <summary>Takes a slot if one is free.</summary>
    public async Task<HeldSlot?> TakeAsync(string key, int limit, CancellationToken cancellationToken)
    {
        var token = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N");
        var asked = timeProvider.NowMicros();
        var answer = await pool.TakeAsync(key, token, Use, LeastUse, cancellationToken);
        if (!answer.Answered)
            return await TakeRecordedAsync(key, limit, token, cancellationToken);
        if (answer.HeldMicros == 0 && (answer.PoolMicros < LeastUse || answer.PoolSlots < limit))
        {
            if (!await ProlongAsync(key, limit, answer, cancellationToken))
                return null;
            asked = timeProvider.NowMicros();
            answer = await pool.TakeAsync(key, token, Use, LeastUse, cancellationToken);
        }

        if (answer.HeldMicros == 0)
            return null;
        await ProlongInTimeAsync(key, limit, answer, cancellationToken);
        return new(key, limit, token, LimitLayer.Redis, asked + answer.HeldMicros);
    }

    /// <summary>Holds it for longer: until when, in µs of <see cref="LimitClock"/>; 0 if it was lost.</summary>
    public async Task<long> RenewAsync(HeldSlot slot, CancellationToken cancellationToken)
    {
        var asked = timeProvider.NowMicros();
        if (slot.By == LimitLayer.Postgres)
        {
            return await recorded.HoldAsync(slot.Key, slot.Limit, HolderOf(slot.Token), 1, _life, cancellationToken) switch
            {
                null => slot.Until,
                0 => 0,
                _ => asked + Use,
            };
        }

        var answer = await pool.RenewAsync(slot.Key, slot.Token, Use, cancellationToken);
        if (answer.HeldMicros > 0 && await ProlongInTimeAsync(slot.Key, slot.Limit, answer, cancellationToken))
        {
            asked = timeProvider.NowMicros();
            answer = await pool.RenewAsync(slot.Key, slot.Token, Use, cancellationToken);
        }

        return !answer.Answered ? slot.Until : answer.HeldMicros == 0 ? 0 : asked + answer.HeldMicros;
    }

    /// <summary>Lets go of it.</summary>
    public Task ReleaseAsync(HeldSlot slot) => slot.By == LimitLayer.Postgres
        ? recorded.ReleaseAsync(slot.Key, HolderOf(slot.Token))
        : pool.ReleaseAsync(slot.Key, slot.Token);

    private static string HolderOf(string token) => $"call:{token}";

    private async Task<HeldSlot?> TakeRecordedAsync(string key, int limit, string token, CancellationToken cancellationToken)
    {
        var asked = timeProvider.NowMicros();
        var held = await recorded.HoldAsync(key, limit, HolderOf(token), 1, _life, cancellationToken);
        return held == 1 && asked + Use > timeProvider.NowMicros() ? new(key, limit, token, LimitLayer.Postgres, asked + Use) : null;
    }

    // before a quarter of its time is over; by one of the processes that see it
    private async Task<bool> ProlongInTimeAsync(string key, int limit, SlotAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.PoolMicros > Use * 3 / 4 || !_prolonging.TryAdd(key, true))
            return false;
        try
        {
            return await ProlongAsync(key, limit, answer, cancellationToken);
        }
        finally
        {
            _prolonging.TryRemove(key, out _);
        }
    }

    // ends by a moment of Redis's clock from before Postgres was asked, so never after Postgres's own end
    private async Task<bool> ProlongAsync(string key, int limit, SlotAnswer answer, CancellationToken cancellationToken) =>
        await recorded.HoldAsync(key, limit, $"redis:{answer.Run}", limit, _life, cancellationToken) is > 0 and var slots
        && await pool.OpenAsync(key, answer.Run, answer.Now + Use, slots, cancellationToken);
}
