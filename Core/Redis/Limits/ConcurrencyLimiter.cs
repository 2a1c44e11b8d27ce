using System.Diagnostics.Metrics;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Redis.Limits;

/// <summary>
/// So many calls at the same time over all processes (Graph: 4 a mailbox), whatever dies. A slot is held for
/// <see cref="LimitOptions.SlotSeconds"/> and renewed while the call lasts; a process that died loses its slots by that time.
/// <para>
/// <b>Never more than the limit.</b> Postgres records the holders of slots: <c>hold_concurrency_slots</c>, one call of a key after
/// another, lets the sum of what is held never exceed the limit. Redis is such a holder: as long as it answers, processes
/// let it hold what is free, renew that every few seconds, and Redis gives the slots to calls, never beyond the end of
/// its own time. While Redis is unavailable calls hold slots in Postgres themselves, as soon as Redis's time there is over: for at most
/// <see cref="LimitOptions.SlotSeconds"/> no slot is granted. A Redis that comes back is another run, and another holder.
/// Without Postgres what Redis holds is used to its end, and then there are no slots.
/// </para>
/// Metric: <c>switchboard.limits.slots</c> of the meter <c>Switchboard.Limits</c>, with <c>layer</c> (redis, postgres, nobody).
/// </summary>
public sealed class ConcurrencyLimiter
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly SlotKeeper _keeper;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Counter<long> _slots;

    internal ConcurrencyLimiter(SlotKeeper keeper, TimeProvider timeProvider, IMeterFactory meters, ILogger<ConcurrencyLimiter> logger)
    {
        _logger = logger;
        _keeper = keeper;
        _timeProvider = timeProvider;
        _slots = meters.Create(LayeredLimitStatistics.MeterName)
            .CreateCounter<long>("switchboard.limits.slots", description: "Asks for a slot of a concurrent call, by who gave it");
    }

    /// <summary>Takes a slot if one is free.</summary>
    /// <param name="key">What is limited: <c>graph:&lt;mailbox&gt;</c>.</param>
    /// <param name="limit">How many calls at the same time.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <returns>The slot; null if none is free, or if neither Redis nor Postgres gives any.</returns>
    public async Task<ConcurrencySlot?> TryAcquireAsync(string key, int limit, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var slot = await _keeper.TakeAsync(key, limit, cancellationToken);
        _slots.Add(1, new KeyValuePair<string, object?>("layer", slot?.By switch
        {
            LimitLayer.Redis => "redis",
            LimitLayer.Postgres => "postgres",
            _ => "nobody",
        }));
        return slot is null ? null : new ConcurrencySlot(_keeper, slot, _timeProvider, _logger);
    }

    /// <summary>Waits for a slot. It asks again after 10 ms, then less and less often, at least four times a second.</summary>
    /// <param name="key">What is limited.</param>
    /// <param name="limit">How many calls at the same time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ConcurrencySlot> AcquireAsync(string key, int limit, CancellationToken cancellationToken)
    {
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            if (await TryAcquireAsync(key, limit, cancellationToken) is { } slot)
                return slot;
            // not all at the same moment
            await Task.Delay(wait * (0.5 + Random.Shared.NextDouble() / 2), _timeProvider, cancellationToken);
        }
    }
}

/// <summary>One of the calls that may run at the same time. It is renewed until it is disposed of, or lost.</summary>
public sealed partial class ConcurrencySlot : IAsyncDisposable
{
    private readonly SlotKeeper _keeper;
    private readonly TimeProvider _timeProvider;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly ILogger _logger;
    private readonly ITimer _deadline;
    private readonly Task _renewing;
    private HeldSlot _slot;
    private int _disposed;

    internal ConcurrencySlot(SlotKeeper keeper, HeldSlot slot, TimeProvider timeProvider, ILogger logger)
    {
        (_keeper, _slot, _timeProvider, _logger) = (keeper, slot, timeProvider, logger);
        _deadline = timeProvider.CreateTimer(_ => Lose(), null, Left(slot), Timeout.InfiniteTimeSpan);
        _renewing = KeepRenewingAsync();
    }

    /// <summary>Who gave it: Redis or Postgres.</summary>
    internal LimitLayer AnsweredBy => _slot.By;

    /// <summary>Cancelled when the slot is not held any more although it was not disposed of: another may have it. End the call.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Gives the slot back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        await _released.CancelAsync();
        await _renewing;
        await _deadline.DisposeAsync();
        await _keeper.ReleaseAsync(_slot);
        _released.Dispose();
        _lost.Dispose();
    }

    private TimeSpan Left(HeldSlot slot) => TimeSpan.FromMicroseconds(Math.Max(0, slot.Until - _timeProvider.NowMicros()));

    private async Task KeepRenewingAsync()
    {
        using var timer = new PeriodicTimer(_keeper.RenewEvery, _timeProvider);
        while (!_lost.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(_released.Token);
                var until = await _keeper.RenewAsync(_slot, _released.Token);
                if (until == 0)
                    Lose();
                else
                    _deadline.Change(Left(_slot = _slot with { Until = until }), Timeout.InfiniteTimeSpan);
            }
            catch (OperationCanceledException) when (_released.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // tried again at the next tick; the deadline says when the slot is lost
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.NotRenewed(_logger, exception, _slot.Key);
            }
        }
    }

    private void Lose() => _lost.Cancel();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A slot of {Key} could not be renewed; it is tried again.")]
        public static partial void NotRenewed(ILogger logger, Exception exception, Redacted key);
    }
}

/// <summary>A slot that was taken.</summary>
/// <param name="Key">What is limited.</param>
/// <param name="Limit">How many there are.</param>
/// <param name="Token">Whose it is.</param>
/// <param name="By">Who gave it: Redis or Postgres.</param>
/// <param name="Until">Until when it is held, in µs of <see cref="LimitClock"/>.</param>
internal sealed record HeldSlot(string Key, int Limit, string Token, LimitLayer By, long Until);
