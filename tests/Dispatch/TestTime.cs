namespace Switchboard.Tests.Dispatch;

/// <summary>The real clock, put forward by the test.</summary>
internal sealed class TestTime : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan by) => _ahead += by;

    public void MoveTo(DateTimeOffset time) => Advance(time - GetUtcNow());

    // Postgres counts microseconds
    public override DateTimeOffset GetUtcNow()
    {
        var now = base.GetUtcNow() + _ahead;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
