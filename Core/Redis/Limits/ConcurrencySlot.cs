namespace Switchboard.Core.Redis.Limits;

/// <summary>One of the calls that may run at the same time. It is renewed until it is disposed of, or lost.</summary>
public sealed class ConcurrencySlot : IAsyncDisposable
{
    private readonly SlotKeeper _keeper;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly ITimer _deadline;
    private readonly Task _renewing;
    private HeldSlot _slot;
    private int _disposed;

    internal ConcurrencySlot(SlotKeeper keeper, HeldSlot slot, TimeProvider time)
    {
        (_keeper, _slot, _time) = (keeper, slot, time);
        _deadline = time.CreateTimer(_ => Lose(), null, Left(slot), Timeout.InfiniteTimeSpan);
        _renewing = KeepRenewingAsync();
    }

    /// <summary>Who gave it: Redis or Postgres.</summary>
    public LimitLayer GivenBy => _slot.By;

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

    private TimeSpan Left(HeldSlot slot) => TimeSpan.FromMicroseconds(Math.Max(0, slot.Until - _time.NowMicros()));

    private async Task KeepRenewingAsync()
    {
        using var timer = new PeriodicTimer(_keeper.RenewEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_released.Token) && !_lost.IsCancellationRequested)
            {
                var until = await _keeper.RenewAsync(_slot, _released.Token);
                if (until == 0)
                    Lose();
                else
                    _deadline.Change(Left(_slot = _slot with { Until = until }), Timeout.InfiniteTimeSpan);
            }
        }
        catch (OperationCanceledException) when (_released.IsCancellationRequested)
        {
            // released
        }
    }

    private void Lose() => _lost.Cancel();
}
