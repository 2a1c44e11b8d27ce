using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Switchboard.Tests.Simulator;

/// <summary>A clock that stands still until a test moves it, and says which waits there are on it.</summary>
internal sealed class TestClock() : FakeTimeProvider(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
        {
            _waits.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    /// <summary>Waits until something waits on the clock for this long, or as many things as are named.</summary>
    public async Task WaitedForAsync(TimeSpan time, int waits = 1)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (waits > 0)
        {
            waits -= await _waits.Reader.ReadAsync(timeout.Token) == time ? 1 : 0;
        }
    }

    /// <summary>Lets every wait pass, one after the other, until a task is done.</summary>
    public async Task RunUntilAsync(Task task)
    {
        while (!task.IsCompleted && await Task.WhenAny(task, _waits.Reader.WaitToReadAsync().AsTask()) != task)
        {
            if (_waits.Reader.TryRead(out var time))
            {
                Advance(time);
            }
        }

        await task;
    }
}

/// <summary>Tests that measure the machine: they run when no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
