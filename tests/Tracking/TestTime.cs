namespace Switchboard.Tests.Tracking;

/// <summary>A clock that stands until the test moves it.</summary>
internal sealed class TestTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
