using Microsoft.Extensions.Time.Testing;

namespace Switchboard.Tests.Ingest;

/// <summary>
/// A clock that stands until the test moves it. Its timers are real: jobs are published with a timeout, which no test moves the clock for.
/// </summary>
internal sealed class TestClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime, period);
}
